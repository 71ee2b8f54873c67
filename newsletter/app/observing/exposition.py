"""Figures in Prometheus' text format, every number with its community; no person, address or key of a link in it."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType

from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector, CollectorRegistry

from newsletter import __version__
from newsletter.model.figures import Counts, Figures

Labelled = Counts | Mapping[tuple[str, ...], float] | Mapping[tuple[str], float] | Mapping[tuple[()], float]
#: No community is spoken of.
NOBODY: Mapping[str, bool] = MappingProxyType({})


class _Of(Collector):
    """The figures of one moment; a registry asks once and is thrown away."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = tuple(metrics)

    def collect(self) -> Iterable[Metric]:
        return self._metrics


def exposition(found: Figures, woke: datetime) -> bytes:
    """The text that a scrape gets; `woke` is when the last wake-up came to its end (aware)."""
    return exposition_of_all(((found, woke),))


def exposition_of_all(several: Iterable[tuple[Figures, datetime]], up: Mapping[str, bool] = NOBODY) -> bytes:
    """The same of several communities: one family of each name, whose numbers tell them apart.

    `up` says of each whether it is at work.
    """
    families: dict[str, Metric] = {}
    for metric in (one for found, woke in several for one in _metrics(found, woke)):
        known = families.setdefault(metric.name, metric)
        if known is not metric:
            known.samples += [one for one in metric.samples if one not in known.samples]
    if up:
        families["newsletter_community_up"] = _up(up)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Of(families.values()))
    return generate_latest(registry)


def _up(up: Mapping[str, bool]) -> Metric:
    made = GaugeMetricFamily("newsletter_community_up", "Whether the community is at work.", labels=("community",))
    for community, is_up in sorted(up.items()):
        made.add_metric((community,), int(is_up))
    return made


def _metrics(found: Figures, woke: datetime) -> Iterator[Metric]:
    gauge = _Gauges(found.community)
    yield InfoMetricFamily("newsletter", "The program.", value={"version": __version__})
    yield gauge("deliveries", "Deliveries, by what became of them.", ("kind", "name", "state"), found.deliveries)
    yield gauge("members", "Members of lists.", ("list", "state"), found.members)
    yield gauge("suppressed", "Addresses that are never written to.", ("reason",), found.suppressed)
    yield gauge("issues", "Issues, corrections and one-offs.", ("digest", "state"), found.issues)
    yield gauge("overdue_seconds", "How long the time of an issue that has not left is past.", ("key",), _late(found))
    yield gauge("holds", "What guards hold now.", ("guard",), found.holds)
    waits = (found.at - found.waiting).total_seconds() if found.waiting else 0.0
    yield gauge("oldest_waiting_seconds", "How long a delivery that may leave has waited.", (), {(): waits})
    yield gauge("last_wake_timestamp_seconds", "When the cadence was looked at.", (), {(): woke.timestamp()})


class _Gauges:
    """Gauges of one community."""

    def __init__(self, community: str) -> None:
        self._community = community

    def __call__(self, name: str, told: str, labels: tuple[str, ...], values: Labelled) -> Metric:
        made = GaugeMetricFamily(f"newsletter_{name}", told, labels=("community", *labels))
        for of, value in sorted(values.items()):
            made.add_metric((self._community, *of), value)
        return made


def _late(found: Figures) -> Labelled:
    return {(key,): (found.at - due).total_seconds() for key, due in found.due.items()}
