import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0005_groups'),
    ]

    operations = [
        migrations.AddField(
            model_name='order',
            name='editor_name',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.CreateModel(
            name='KeyProof',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('by', models.CharField(max_length=200)),
                ('product', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='key_proof', to='orders.product')),
            ],
        ),
    ]
