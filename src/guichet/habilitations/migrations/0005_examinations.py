"""What the registers said of each dossier, kept so that lists can be narrowed by it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("habilitations", "0004_lives_of_rights")]
    operations = [
        migrations.CreateModel(
            name="Examination",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("n", models.PositiveIntegerField()),
                ("level", models.CharField(db_index=True, max_length=12)),
                ("is_proposed", models.BooleanField(default=False)),
                ("at", models.DateTimeField()),
                ("dossier", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name="examination", to="habilitations.dossier")),
            ],
        ),
    ]
