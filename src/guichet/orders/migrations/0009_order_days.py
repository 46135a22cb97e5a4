from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0008_incidents'),
    ]

    operations = [
        migrations.CreateModel(
            name='OrderDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('offer', models.CharField(max_length=8)),
                ('usage', models.CharField(max_length=10)),
                ('channel', models.CharField(max_length=10)),
                ('structure_kind', models.CharField(blank=True, max_length=1)),
                ('placed', models.PositiveIntegerField(default=0)),
                ('available', models.PositiveIntegerField(default=0)),
                ('withdrawn', models.PositiveIntegerField(default=0)),
                ('failed', models.PositiveIntegerField(default=0)),
                ('cancelled', models.PositiveIntegerField(default=0)),
                ('revoked', models.PositiveIntegerField(default=0)),
                ('ended', models.PositiveIntegerField(default=0)),
                ('renewed', models.PositiveIntegerField(default=0)),
                ('delays', models.JSONField(default=dict)),
            ],
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(fields=['placed_at'], name='order_placed'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('available_at__isnull', False)), fields=['available_at'], name='order_made_available'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('withdrawn_at__isnull', False)), fields=['withdrawn_at'], name='order_withdrawn'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('ended_at__isnull', False)), fields=['ended_at'], name='order_over'),
        ),
        migrations.AddIndex(
            model_name='product',
            index=models.Index(condition=models.Q(('revoked_at__isnull', False)), fields=['revoked_at'], name='product_revoked_at'),
        ),
        migrations.AddConstraint(
            model_name='orderday',
            constraint=models.UniqueConstraint(fields=('day', 'offer', 'usage', 'channel', 'structure_kind'), name='order_day_once'),
        ),
    ]
