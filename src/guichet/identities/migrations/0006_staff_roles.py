

import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('identities', '0005_machine_accounts'),
    ]

    operations = [
        migrations.CreateModel(
            name='AccessReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('begun_at', models.DateTimeField()),
                ('begun_ref', models.CharField(max_length=80)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('ended_ref', models.CharField(blank=True, default='', max_length=80)),
            ],
        ),
        migrations.CreateModel(
            name='EmergencyAccess',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(max_length=20)),
                ('why', models.TextField()),
                ('opened_ref', models.CharField(max_length=80)),
                ('opened_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('reviewed_ref', models.CharField(blank=True, default='', max_length=80)),
                ('reviewed_at', models.DateTimeField(blank=True, null=True)),
                ('note', models.TextField(blank=True, default='')),
            ],
        ),
        migrations.CreateModel(
            name='OpenSession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('session_key', models.CharField(max_length=40, unique=True)),
                ('by', models.CharField(max_length=20)),
                ('browser', models.CharField(blank=True, default='', max_length=120)),
                ('opened_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='ReviewedAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('roles', models.JSONField()),
                ('last_login', models.DateTimeField(blank=True, null=True)),
                ('verdict', models.CharField(blank=True, choices=[('kept', 'kept'), ('to-take', 'to-take')], default='', max_length=8)),
                ('reviewer_ref', models.CharField(blank=True, default='', max_length=80)),
                ('reviewed_at', models.DateTimeField(blank=True, null=True)),
                ('note', models.TextField(blank=True, default='')),
            ],
        ),
        migrations.CreateModel(
            name='RoleHolding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(max_length=20)),
                ('since', models.DateTimeField()),
                ('until', models.DateTimeField(blank=True, null=True)),
                ('given_by', models.CharField(max_length=80)),
                ('approved_by', models.CharField(max_length=80)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('ended_by', models.CharField(blank=True, default='', max_length=80)),
            ],
        ),
        migrations.CreateModel(
            name='RoleRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(max_length=20)),
                ('gives', models.BooleanField()),
                ('why', models.TextField()),
                ('until', models.DateTimeField(blank=True, null=True)),
                ('state', models.CharField(default='asked', max_length=10)),
                ('asked_ref', models.CharField(max_length=80)),
                ('asked_at', models.DateTimeField()),
                ('decided_ref', models.CharField(blank=True, default='', max_length=80)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('note', models.TextField(blank=True, default='')),
            ],
        ),
        migrations.AddField(
            model_name='account',
            name='emergency_ends_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='account',
            name='emergency_role',
            field=models.CharField(blank=True, db_default='', default='', max_length=20),
        ),
        migrations.AddField(
            model_name='account',
            name='role_ends',
            field=models.JSONField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('emergency_ends_at__isnull', True), ('emergency_role', '')), models.Q(models.Q(('emergency_role', ''), _negated=True), ('emergency_ends_at__isnull', False)), _connector='OR'), name='account_emergency_ends'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(django.db.models.lookups.Contains(django.db.models.functions.comparison.Cast('roles', models.TextField()), '"auditor"'), django.db.models.lookups.Contains(django.db.models.functions.comparison.Cast('roles', models.TextField()), '"ca-officer"'), _negated=True), name='no_auditor_is_ca_officer'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(django.db.models.lookups.Contains(django.db.models.functions.comparison.Cast('roles', models.TextField()), '"auditor"'), django.db.models.lookups.Contains(django.db.models.functions.comparison.Cast('roles', models.TextField()), '"instructor"'), _negated=True), name='no_auditor_is_instructor'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(django.db.models.lookups.Contains(django.db.models.functions.comparison.Cast('roles', models.TextField()), '"auditor"'), django.db.models.lookups.Contains(django.db.models.functions.comparison.Cast('roles', models.TextField()), '"operator"'), _negated=True), name='no_auditor_is_operator'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(django.db.models.lookups.Contains(django.db.models.functions.comparison.Cast('roles', models.TextField()), '"auditor"'), django.db.models.lookups.Contains(django.db.models.functions.comparison.Cast('roles', models.TextField()), '"supervisor"'), _negated=True), name='no_auditor_is_supervisor'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(django.db.models.lookups.Contains(django.db.models.functions.comparison.Cast('roles', models.TextField()), '"auditor"'), django.db.models.lookups.Contains(django.db.models.functions.comparison.Cast('roles', models.TextField()), '"support"'), _negated=True), name='no_auditor_is_support'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(django.db.models.lookups.Contains(django.db.models.functions.comparison.Cast('roles', models.TextField()), '"ca-officer"'), django.db.models.lookups.Contains(django.db.models.functions.comparison.Cast('roles', models.TextField()), '"instructor"'), _negated=True), name='no_ca_officer_is_instructor'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(django.db.models.lookups.Contains(django.db.models.functions.comparison.Cast('roles', models.TextField()), '"ca-officer"'), django.db.models.lookups.Contains(django.db.models.functions.comparison.Cast('roles', models.TextField()), '"supervisor"'), _negated=True), name='no_ca_officer_is_supervisor'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(django.db.models.lookups.Contains(django.db.models.functions.comparison.Cast('roles', models.TextField()), '"support"'), django.db.models.lookups.Contains(django.db.models.functions.comparison.Cast('roles', models.TextField()), '"supervisor"'), _negated=True), name='no_support_is_supervisor'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(django.db.models.lookups.Contains(django.db.models.functions.comparison.Cast('roles', models.TextField()), '"support"'), django.db.models.lookups.Contains(django.db.models.functions.comparison.Cast('roles', models.TextField()), '"ca-officer"'), _negated=True), name='no_support_is_ca_officer'),
        ),
        migrations.AddConstraint(
            model_name='accessreview',
            constraint=models.UniqueConstraint(models.Value(1), condition=models.Q(('ended_at__isnull', True)), name='one_access_review_at_a_time'),
        ),
        migrations.AddField(
            model_name='emergencyaccess',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='emergencies', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='emergencyaccess',
            name='reviewed_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='opensession',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sessions', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='reviewedaccount',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='reviewedaccount',
            name='review',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='identities.accessreview'),
        ),
        migrations.AddField(
            model_name='reviewedaccount',
            name='reviewer',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='roleholding',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='holdings', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='rolerequest',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='role_requests', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='rolerequest',
            name='asked_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='rolerequest',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='emergencyaccess',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('opened_at'))), name='emergency_period_is_ordered'),
        ),
        migrations.AddConstraint(
            model_name='emergencyaccess',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reviewed_at__isnull', True), ('reviewed_by__isnull', True)), models.Q(('reviewed_at__isnull', False), models.Q(('reviewed_by', models.F('account')), _negated=True)), _connector='OR'), name='emergency_is_reviewed_by_another_person'),
        ),
        migrations.AddConstraint(
            model_name='reviewedaccount',
            constraint=models.UniqueConstraint(fields=('review', 'account'), name='account_is_reviewed_once'),
        ),
        migrations.AddConstraint(
            model_name='reviewedaccount',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reviewer__isnull', True), ('verdict', '')), models.Q(models.Q(('verdict', ''), _negated=True), ('reviewer__isnull', False), models.Q(('reviewer', models.F('account')), _negated=True)), _connector='OR'), name='account_is_reviewed_by_another_person'),
        ),
        migrations.AddConstraint(
            model_name='roleholding',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('account', 'role'), name='role_is_held_once'),
        ),
        migrations.AddConstraint(
            model_name='rolerequest',
            constraint=models.CheckConstraint(condition=models.Q(('account', models.F('asked_by')), _negated=True), name='role_is_asked_for_somebody_else'),
        ),
        migrations.AddConstraint(
            model_name='rolerequest',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by__isnull', True), ('state', 'withdrawn'), models.Q(models.Q(('decided_by', models.F('asked_by')), _negated=True), models.Q(('decided_by', models.F('account')), _negated=True)), _connector='OR'), name='role_is_decided_by_another_person'),
        ),
        migrations.AddConstraint(
            model_name='rolerequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_by__isnull', True), ('state', 'asked')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='role_request_is_decided_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='rolerequest',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'asked')), fields=('account', 'role'), name='role_is_asked_once_at_a_time'),
        ),
    ]
