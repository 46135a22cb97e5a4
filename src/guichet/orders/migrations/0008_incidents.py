import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0007_revocation_notices'),
    ]

    operations = [
        migrations.AddField(
            model_name='product',
            name='recalled_for',
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name='Incident',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=120)),
                ('criteria', models.JSONField()),
                ('state', models.CharField(default='searching', max_length=10)),
                ('created_at', models.DateTimeField()),
                ('created_by', models.CharField(max_length=80)),
                ('created_label', models.CharField(max_length=200)),
                ('searched_to', models.BigIntegerField(default=0)),
                ('search_end', models.BigIntegerField()),
                ('looked_at', models.PositiveBigIntegerField(default=0)),
                ('found', models.PositiveIntegerField(default=0)),
                ('searched_at', models.DateTimeField(null=True)),
                ('reason', models.CharField(blank=True, max_length=30)),
                ('text', models.TextField(blank=True)),
                ('due_at', models.DateTimeField(null=True)),
                ('proposed_at', models.DateTimeField(null=True)),
                ('proposed_by', models.CharField(blank=True, max_length=80)),
                ('proposed_label', models.CharField(blank=True, max_length=200)),
                ('proposer_id', models.BigIntegerField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_by', models.CharField(blank=True, max_length=80)),
                ('decided_label', models.CharField(blank=True, max_length=200)),
                ('decider_id', models.BigIntegerField(null=True)),
                ('note', models.CharField(blank=True, max_length=1000)),
                ('started_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_label', models.CharField(blank=True, max_length=200)),
            ],
            options={
                'indexes': [models.Index(fields=['state', 'due_at'], name='incident_by_state')],
                'constraints': [models.CheckConstraint(condition=models.Q(('decider_id', None), models.Q(('proposer_id__isnull', False), models.Q(('decider_id', models.F('proposer_id')), _negated=True)), _connector='OR'), name='incident_two_persons'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['approved', 'done', 'running']), _negated=True), models.Q(('decided_at__isnull', False), ('decider_id__isnull', False)), _connector='OR'), name='incident_is_approved')],
            },
        ),
        migrations.CreateModel(
            name='IncidentCall',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('occasion', models.CharField(max_length=20)),
                ('at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('people', models.PositiveIntegerField(default=0)),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='calls', to='orders.incident')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('incident', 'occasion'), name='one_call_per_occasion')],
            },
        ),
        migrations.CreateModel(
            name='Touched',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('certificate_id', models.BigIntegerField(db_index=True)),
                ('authority', models.CharField(max_length=40)),
                ('profile', models.CharField(max_length=20)),
                ('structure_id', models.CharField(blank=True, max_length=20)),
                ('serial_hex', models.CharField(max_length=64)),
                ('not_after', models.DateTimeField()),
                ('state', models.CharField(default='waiting', max_length=10)),
                ('failure', models.CharField(blank=True, max_length=300)),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='touched', to='orders.incident')),
                ('order', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.order')),
            ],
            options={
                'indexes': [models.Index(fields=['incident', 'state', 'id'], name='touched_by_state'), models.Index(fields=['incident', 'structure_id'], name='touched_by_structure')],
                'constraints': [models.UniqueConstraint(fields=('incident', 'certificate_id'), name='one_touched_certificate')],
            },
        ),
    ]
