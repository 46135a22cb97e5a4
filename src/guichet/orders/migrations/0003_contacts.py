import uuid

import django.db.models.deletion
from django.db import migrations, models

BATCH = 1000


def write_contacts(apps, schema_editor):
    """Orders placed before have the contacts that they were placed with."""
    Order, Contact = (apps.get_model('orders', name) for name in ('Order', 'Contact'))
    rows = Order.objects.order_by('pk').values_list('pk', 'actor_email', 'informed_email', 'placed_at')
    batch = []
    for pk, actor, informed, at in rows.iterator(BATCH):
        batch.append(Contact(order_id=pk, email=actor, role='actor', since=at))
        if informed and informed != actor:
            batch.append(Contact(order_id=pk, email=informed, role='informed', since=at))
        if len(batch) >= BATCH:
            Contact.objects.bulk_create(batch)
            batch = []
    Contact.objects.bulk_create(batch)


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0002_keys_of_orders'),
    ]

    operations = [
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.CharField(max_length=254)),
                ('role', models.CharField(default='added', max_length=10)),
                ('since', models.DateTimeField()),
                ('bounced_at', models.DateTimeField(null=True)),
                ('left_at', models.DateTimeField(null=True)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contacts', to='orders.order')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('order', 'email'), name='one_contact_per_address')],
            },
        ),
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('occasion', models.CharField(max_length=20)),
                ('at', models.DateTimeField()),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reminders', to='orders.order')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('order', 'occasion'), name='one_reminder_per_occasion')],
            },
        ),
        migrations.CreateModel(
            name='CalendarLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('token_sha256', models.CharField(max_length=64, unique=True)),
                ('account_id', models.BigIntegerField(db_index=True)),
                ('card_number', models.CharField(blank=True, max_length=20)),
                ('actor_ref', models.CharField(max_length=80)),
                ('structure_id', models.CharField(blank=True, max_length=20)),
                ('language', models.CharField(max_length=5)),
                ('created_at', models.DateTimeField()),
                ('read_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('renewal_of__isnull', False)), fields=['renewal_of'], name='order_by_renewed'),
        ),
        migrations.RunPython(write_contacts, migrations.RunPython.noop),
    ]
