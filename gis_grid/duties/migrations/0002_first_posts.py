"""The posts of a grid and its many hands (DOMAIN: 三长多员)."""

from django.db import migrations

POSTS = [
    # slug, name, English name, post of the grid proper
    ("grid_leader", "网格长", "Grid leader", True),
    ("grid_worker", "网格员", "Grid worker", True),
    ("informant", "网格信息员", "Grid informant", True),
    ("grid_police", "网格警员", "Grid police", True),
    ("party_group_leader", "党小组长", "Party-group leader", False),
    ("group_leader", "村民小组长", "Villagers' group leader", False),
    ("forest_ranger", "护林员", "Forest ranger", False),
    ("safety_warden", "安全员", "Safety warden", False),
    ("cleaner", "保洁员", "Cleaner", False),
    ("mediator", "调解员", "Mediator", False),
    ("supervisor", "监督员", "Supervisor", False),
]


def add(apps, schema_editor):
    posts = apps.get_model("duties", "Post").objects.using(schema_editor.connection.alias)
    for order, (slug, name, name_en, is_grid_post) in enumerate(POSTS, start=1):
        posts.create(
            slug=slug, name=name, name_en=name_en, order=order * 10, is_grid_post=is_grid_post
        )


def remove(apps, schema_editor):
    posts = apps.get_model("duties", "Post").objects.using(schema_editor.connection.alias)
    posts.filter(slug__in=[row[0] for row in POSTS]).delete()


class Migration(migrations.Migration):
    dependencies = [("duties", "0001_initial")]
    operations = [migrations.RunPython(add, remove)]
