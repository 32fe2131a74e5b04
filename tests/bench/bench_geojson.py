"""All 300,000 households of a county as GeoJSON: the API's stream against DRF-gis.

Both write the same properties from the same database in the same process, without a
network: ours through the API's own query with login, scope and masking, DRF-gis by
`GeoFeatureModelSerializer` over a queryset, rendered at once as it does.
"""

import json
import time
import tracemalloc
from collections.abc import Iterator

from django.conf import settings
from django.test import Client

from gis_grid.accounts.models import User
from tests.bench.county import HOUSEHOLDS
from tests.bench.figures import Figure, absolute, faster, interleaved

ROUNDS = 2
TARGET = 25
MEMORY_MB = 50


def run() -> Iterator[Figure]:
    county = User.objects.get(username="county")
    client = _client(county)
    count = json.loads(b"".join(_stream(client)))["features"]
    if len(count) != HOUSEHOLDS:
        raise SystemExit(f"the API streamed {len(count)} households, not {HOUSEHOLDS}")
    del count
    times = interleaved(ROUNDS, {"ours": lambda: _ours(client), "drf_gis": _drf_gis})
    yield faster("geojson_households", times["ours"], times["drf_gis"], at_least=TARGET)
    yield absolute("geojson_memory", [_memory_mb(client)], unit="MB", at_most=MEMORY_MB)


def _client(user: User) -> Client:
    # The test client's own host name is none that the settings allow.
    client = Client(HTTP_HOST="localhost")
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    return client


def _stream(client: Client) -> Iterator[bytes]:
    response = client.get("/api/v1/households")
    if response.status_code != 200:
        raise SystemExit(f"the API answered {response.status_code}")
    yield from response.streaming_content


def _ours(client: Client) -> float:
    began = time.perf_counter()
    sum(len(part) for part in _stream(client))
    return time.perf_counter() - began


def _memory_mb(client: Client) -> float:
    """Peak of what Python holds while the stream is read and thrown away."""
    tracemalloc.start()
    try:
        _ours(client)
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


def _drf_gis() -> float:
    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "rest_framework", "rest_framework_gis"]
    from rest_framework.renderers import JSONRenderer
    from rest_framework_gis.serializers import GeoFeatureModelSerializer

    from gis_grid.core.personal import mask_name
    from gis_grid.households.models import Household

    class HouseholdSerializer(GeoFeatureModelSerializer):  # type: ignore[misc]
        class Meta:
            model = Household
            geo_field = "geom"
            fields = ("id", "code", "address", "head_name", "people", "origin", "area_code")

        def to_representation(self, instance: Household) -> object:
            feature = super().to_representation(instance)
            feature["properties"]["head_name"] = mask_name(feature["properties"]["head_name"])
            return feature

    began = time.perf_counter()
    rows = Household.objects.order_by("pk")
    JSONRenderer().render(HouseholdSerializer(rows, many=True).data)
    return time.perf_counter() - began
