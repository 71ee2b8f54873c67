"""What the common site generators, calendars and exports call things: one table for each preset.

A table holds only what differs from the usual names; `*` ends a map that also looks under these. What a source says
for itself wins over its preset, field by field and policy by policy.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from newsletter.model.workspace import PresetName, SourceSettings


@dataclass(frozen=True, slots=True)
class Preset:
    """A field map as one would write it in config.toml, and the policies that go with it, by their keys there."""

    fields: Mapping[str, str]
    policies: Mapping[str, str | bool] = field(default_factory=dict)


ZOLA = Preset(
    {
        "url": "path | extra.url | extra.link | *",
        "summary": "description | extra.summary | extra.tease | *",
        "publish": "date",
        "tags": "taxonomies.tags | extra.tags | *",
        "category": "taxonomies.categories | extra.category | *",
        "dates": "extra.class_information.dates | extra.event.dates | extra.dates | extra.when | *",
        "time": "extra.class_information.time | extra.event.time | extra.time | *",
        "start": "extra.event.start | extra.starts | extra.start | *",
        "end": "extra.event.end | extra.ends | extra.end | *",
        "place": "extra.class_information.location | extra.event.location | extra.location | *",
        "hosts": "extra.class_information.instructors | extra.event.hosts | *",
        "audience": "extra.class_information.audience | *",
        "prerequisites": "extra.class_information.prerequisites | *",
        "cost": "extra.class_information.cost | *",
        "registration_url": "extra.registration_link | extra.event.registration | *",
    },
    {"page_url": "/{slug}/"},
)

#: `date` stays open: beside an end or a place it is that of the event, else that of the post.
HUGO = Preset(
    {
        "end": "end_date | date_end | *",
        "publish": "publishDate | *",
        "url": "url | external_link | event_url | *",
        "registration_url": "registration_url | registration | params.registration | *",
        "place": "venue | location | *",
        "mode": "event_platform | *",
        "tags": "tags | topics | taxonomies.tags | *",
        "image": "featured_image | image.src | *",
        "expires": "expiryDate | *",
    },
    {"page_url": "/{path}/"},
)

JEKYLL = Preset(
    {
        "start": "time[0][0].start | time[0].start | event_start | *",
        "end": "time[0][0].end | time[0].end | event_end | *",
        "dates": "event_date | event_dates | *",
        "url": "permalink | external_url | *",
        "summary": "description | excerpt | *",
        "recurrence": "rrule | *",
        "image": "image.path | *",
    }
)

QUARTO = Preset(
    {
        "publish": "date",
        "start": "event-start | event.start | event-date | event.date | *",
        "end": "event-end | event.end | *",
        "time": "event-time | event.time | *",
        "place": "event-location | event.location | *",
        "tags": "categories | *",
        "category": "type",
        "hosts": "speakers | speaker | author | *",
    },
    {"page_url": "/{path}.html"},
)

GALAXY = Preset(
    {
        "start": "date",
        "summary": "tease | *",
        "hosts": "contact | contacts | organisers | *",
        "url": "external_url | *",
        "image": "images | *",
    },
    {"kind": "event"},
)

YAML2ICS = Preset(
    {
        "title": "summary | name | *",
        "summary": "description",
        "start": "begin | *",
        "recurrence": "repeat | ics | *",
        "hosts": "organizer | *",
    },
    {"kind": "event"},
)

CONFS_TECH = Preset(
    {
        "title": "name",
        "start": "startDate",
        "end": "endDate",
        "place": "city + country",
        "deadline": "cfpEndDate",
    },
    {"kind": "event"},
)

MEETUP = Preset(
    {
        "title": "title | name",
        "id": "id",
        "start": "dateTime | local_date | time",
        "start_time": "local_time",
        "end": "endTime",
        "timezone": "group.timezone | timezone",
        "place": "venue | venues[0]",
        "mode": "eventType",
        "url": "eventUrl | link | event_url",
        "summary": "shortDescription | plain_text_no_images_description",
        "body": "description",
        "hosts": "group.name",
        "cost": "feeSettings.amount | fee.amount",
        "image": "featuredEventPhoto.highResUrl | featured_photo.photo_link",
    },
    {"kind": "event"},
)

EVENTBRITE = Preset(
    {
        "title": "name.text | name",
        "start": "start.local",
        "end": "end.local",
        "timezone": "start.timezone",
        "place": "venue.name + venue.address.localized_address_display",
        "url": "url",
        "registration_url": "url",
        "summary": "summary",
        "body": "description.text | description",
        "hosts": "organizer.name",
        "image": "logo.original.url | logo.url",
        "cost": "ticket_availability.minimum_ticket_price.display",
    },
    {"kind": "event"},
)

GOOGLE_CALENDAR_CSV = Preset(
    {
        "title": "Subject",
        "start": "Start Date",
        "start_time": "Start Time",
        "end": "End Date",
        "end_time": "End Time",
        "summary": "Description",
        "place": "Location",
    },
    {"kind": "event"},
)

GOOGLE_SHEETS = Preset(
    {
        "title": "Event name | Event title | Event | What | Topic | *",
        "dates": "Event date | Date of event | Dates | When | Date | *",
        "start_time": "Start time | Starts at | Begins | *",
        "end_time": "End time | Ends at | *",
        "place": "Location | Venue | Room | Where | *",
        "url": "Event link | Link | URL | Website | *",
        "registration_url": "Registration link | Sign-up link | Registration | RSVP | *",
        "summary": "Short description | Description | Summary | *",
        "hosts": "Organizer | Organiser | Host | Speaker | Contact name | *",
        "status": "Staging | Status | *",
    },
    {"kind": "event"},
)

PRESETS: Mapping[PresetName, Preset] = {
    "zola": ZOLA,
    "hugo": HUGO,
    "jekyll": JEKYLL,
    "quarto": QUARTO,
    "galaxy": GALAXY,
    "yaml2ics": YAML2ICS,
    "confs-tech": CONFS_TECH,
    "meetup": MEETUP,
    "eventbrite": EVENTBRITE,
    "google-calendar-csv": GOOGLE_CALENDAR_CSV,
    "google-sheets": GOOGLE_SHEETS,
}


def with_preset(source: SourceSettings) -> SourceSettings:
    """The source with its preset written out; its own fields and policies stay as they are."""
    if not source.preset:
        return source
    preset = PRESETS[source.preset]
    policies = {key: value for key, value in preset.policies.items() if key not in source.model_fields_set}
    return source.model_copy(update={**policies, "fields": {**preset.fields, **source.field_map}})
