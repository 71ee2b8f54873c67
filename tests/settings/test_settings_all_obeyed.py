"""No setting is decoration: each has a case here that sees it obeyed, or names the test that does.

A case changes one setting of the sample workspace, or of one source, and looks at what people get. A new setting
without a case fails this file.
"""

import ast
import inspect
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import SecretStr
from support_mail import batch, row
from support_smtp import scripted
from support_workspace import KEY, open_at, with_issue, with_readers
from support_workspace import render as edition_for

from newsletter.app.drafting import preview_draft
from newsletter.app.sample import init_workspace
from newsletter.app.sending.addressing import addressing_for
from newsletter.app.sending.planning import plan_issue
from newsletter.app.subscribing import add, show
from newsletter.app.workspace import Workspace, open_workspace
from newsletter.compose.issue import compose
from newsletter.dates.cadence.slots import slots
from newsletter.model import workspace as nouns
from newsletter.model.issue import Choices
from newsletter.model.ledger import Due, Mailing
from newsletter.model.provider_settings import DkimSettings
from newsletter.model.workspace import ProviderSettings, Secrets, Settings, SourceSettings
from newsletter.providers.registry import open_provider
from newsletter.render.edition import render
from newsletter.settings.meaning import check_meaning
from newsletter.sources.expectations import check_expectations
from newsletter.sources.registry import Blob, SourceContext, read_source

TESTS = Path(__file__).parents[1]
AT = datetime(2026, 12, 4, 8, tzinfo=UTC)
PAGE = "---\ntitle: Clinic\nstart: {start}\nend: {end}\nroom: Lakeview\n---\nBring your data.\n"


@cache
def sample() -> Workspace:
    """The sample workspace, written once into a folder of its own."""
    root = Path(tempfile.mkdtemp(prefix="settings-"))
    init_workspace(root)
    return open_workspace(root, clock=lambda: AT)


def with_value(path: str, value: object) -> Settings:
    """The sample's settings with one value changed; a path such as "digests.weekly.title" or "sources.0.base_url"."""
    values = sample().settings.model_dump(by_alias=False)
    values["terms"] = {**values["terms"]}
    place: Any = values
    *way, last = path.split(".")
    for name in way:
        place[name] = list(place[name]) if isinstance(place[name], tuple) else place[name]
        place = place[int(name)] if name.isdigit() else place[name]
    place[last] = value
    if preset := values.pop("terms_preset", ""):
        values["terms"]["preset"] = preset
    return Settings.model_validate(values)


def mail(settings: Settings, digest: str = "weekly") -> tuple[object, ...]:
    """The weekly mail of 4 December for somebody in New York: what is told, and both parts of it."""
    draft = preview_draft(Workspace(settings, clock=lambda: AT), digest, AT)
    issue = compose(draft, Choices("America/New_York"))
    edition = render(issue, draft)
    return issue.sections, edition.subject, edition.html, edition.text, edition.sender, edition.reply_to


def plan(settings: Settings) -> tuple[object, ...]:
    """The weekly's next slots."""
    home = settings.community.timezone
    found = slots("weekly", settings.digests["weekly"], zone=ZoneInfo(home), terms=settings.terms, after=AT)
    return tuple(islice(found, 2))


def faults(settings: Settings) -> tuple[object, ...]:
    """What is wrong with the settings."""
    return check_meaning(settings)


@cache
def usual(probe: Callable[..., object]) -> object:
    """What the sample shows as it is."""
    return probe(sample().settings)


def reading(source: Mapping[str, object], text: str, path: str) -> object:
    """What one file of one source gives, with the problems."""
    settings = SourceSettings.model_validate({"name": "pages", "format": "markdown", "path": "*.md", **source})
    found = read_source(settings, (Blob(path, text.encode()),), SourceContext("America/Los_Angeles", {}))
    return found, check_expectations(settings, found, date(2026, 12, 4))


#: In the sample workspace: setting, a path to it, another value, and who sees the difference.
SEEN: dict[str, tuple[str, object, Callable[[Settings], object]]] = {
    "Community.name": ("community.name", "Another Lab", mail),
    "Community.url": ("community.url", "https://other.example.org", mail),
    "Community.timezone": ("community.timezone", "Europe/Berlin", plan),
    "Community.city": ("community.city", "Tacoma", mail),
    "Community.postal_address": ("community.postal_address", "2 Hill Road", mail),
    "Community.guidelines_url": ("community.guidelines_url", "https://other.example.org/rules", mail),
    "Sender.address": ("sender.address", "Others <others@news.example.org>", mail),
    "Sender.reply_to": ("sender.reply_to", "others@example.org", mail),
    "TermSettings.first": ("terms.Autumn Quarter 2026.first", date(2026, 9, 21), mail),
    "TermSettings.last": ("terms.Autumn Quarter 2026.last", date(2026, 12, 18), mail),
    "DigestSettings.title": ("digests.weekly.title", "Other Hours", mail),
    "DigestSettings.cadence": ("digests.weekly.cadence", "weekly on Thursday at 08:00", plan),
    "DigestSettings.draft": ("digests.weekly.draft", "2 days before", plan),
    "DigestSettings.window": ("digests.weekly.window", "14 days from next Monday", mail),
    "DigestSettings.theme": ("digests.weekly.theme", "letter", mail),
    "DigestSettings.tagline": ("digests.weekly.tagline", "Another line", mail),
    "DigestSettings.sections": ("digests.weekly.sections", ("events",), mail),
    "DigestSettings.list": ("digests.weekly.list", "nobody", faults),
    "SectionSettings.title": ("sections.jobs.title", "Jobs", mail),
    "SectionSettings.tags": ("sections.jobs.tags", ("nothing",), mail),
    "SectionSettings.path": ("sections.jobs.path", "content/participation-guidelines.md", mail),
    "TopicSettings.title": ("topics.datathons.title", "Hackathons", mail),
    "TopicSettings.short": ("topics.datathons.short", "Hack", mail),
    "TopicSettings.tags": ("topics.datathons.tags", ("nothing",), mail),
    "TopicSettings.colour": ("topics.datathons.colour", "comm", mail),
    "ListSettings.digests": ("lists.community.digests", ("nothing",), faults),
    "ListSettings.topics": ("lists.community.topics", ("nothing",), faults),
    "Settings.sources": ("sources", (), mail),
    "Settings.terms": ("terms", {}, mail),
    "Settings.sections": ("sections", {}, faults),
    "Settings.topics": ("topics", {}, mail),
    "Settings.digests": ("digests", {}, faults),
    "Settings.lists": ("lists", {}, faults),
}
START = {"start": "2026-12-08 12:00", "end": "2026-12-08 13:00"}
#: For one source: setting, its value, the file's text and name, and what else the source says in both cases.
READ: dict[str, tuple[object, str, str, dict[str, object]]] = {
    "name": ("others", PAGE.format(**START), "clinic.md", {}),
    "format": ("csv", "title,start\nClinic,2026-12-08 12:00\n", "clinic.csv", {}),
    "base_url": ("https://data.example.org", "---\ntitle: Clinic\nurl: /clinic/\n---\n", "clinic.md", {}),
    "page_url": (
        "/{slug}/", PAGE.format(**START), "content/clinic.md", {"base_url": "https://data.example.org"},
    ),
    "preset": ("hugo", PAGE.format(**START), "content/clinic.md", {"base_url": "https://data.example.org"}),
    "fields": ({"place": "room"}, PAGE.format(**START).replace("room", "somewhere"), "clinic.md", {}),
    "defaults": ({"tags": ["talk"]}, PAGE.format(**START), "clinic.md", {}),
    "kind": ("announcement", "---\ntitle: Clinic\n---\nBring your data.\n", "clinic.md", {}),
    "naive": ("Europe/Berlin", PAGE.format(**START), "clinic.md", {}),
    "offset": (
        "wall_clock", PAGE.format(start="2026-12-08T12:00:00+00:00", end=""), "clinic.md", {},
    ),
    "day_first": (True, PAGE.format(start="05/06/2027", end="05/06/2027"), "clinic.md", {}),
    "locale": ("de", "---\ntitle: Clinic\ndates: 8. Dezember 2026\n---\n", "clinic.md", {}),
    "midnight_is_date": (False, PAGE.format(start="2026-12-08T00:00:00", end="2026-12-08T00:00:00"), "clinic.md", {}),
    "end": ("exclusive", PAGE.format(start="2026-12-08", end="2026-12-10"), "clinic.md", {}),
    "visibility": ("members", PAGE.format(**START), "clinic.md", {}),
    "expect": ({"min_items": 3}, PAGE.format(**START), "clinic.md", {}),
}  # fmt: skip
EXPECT = {"min_items": 3, "fresh_days": 1}
#: Seen by a test elsewhere, which is named; what a case here would only repeat.
ELSEWHERE: dict[str, str] = {
    "Community.id": "store/test_store_engine.py::test_one_store_keeps_communities_apart",
    "Community.language": "web/test_web_languages.py::test_a_link_that_is_nobodys_speaks_the_communitys_language",
    "SourceSettings.path": "story/test_story_sample_expectations.py::test_the_sample_has_nothing_to_mend",
    "SourceSettings.url": "app/test_app_fetching.py::test_a_table_by_its_address",
    "SourceSettings.url_env": "app/test_app_fetching.py::test_a_secret_address_stands_nowhere",
    "SourceSettings.git": "app/test_app_fetching.py::test_pages_out_of_a_repository",
    "SourceSettings.ref": "app/test_app_fetching.py::test_the_repository_as_of_a_ref",
    "SourceSettings.priority": "app/test_app_decisions.py::test_the_priority_of_a_source_stands_in_its_settings",
    "DigestSettings.send_at": "runtime/test_runtime_waves.py::"
    "test_every_wave_leaves_at_its_own_time_and_each_mail_once",
    "DigestSettings.send_by": "runtime/test_runtime_waves.py::test_nobody_is_kept_waiting_beyond_the_limit",
    "DigestSettings.review": "runtime/test_runtime_operating.py::test_an_automatic_digest_needs_nobody",
    "DigestSettings.approvals": "runtime/test_runtime_review.py::"
    "test_two_people_must_approve_where_the_digest_says_so",
    "DigestSettings.drift": "runtime/test_runtime_review.py::test_an_issue_that_is_held_says_why_and_waits",
    "DigestSettings.catch_up": "runtime/test_runtime_operating.py::test_skip_has_no_patience_beyond_a_restart",
    "DigestSettings.skip_empty": "runtime/test_runtime_operating.py::"
    "test_an_empty_issue_leaves_where_the_digest_says_so",
    "DigestSettings.archive": "app/test_app_archive.py::test_without_archive_no_mail_leads_to_a_page",
    "DigestSettings.first_number": "app/test_app_archive.py::test_first_number_is_the_number_of_the_first_issue",
    "DigestSettings.max_repeats": "compose/test_compose_remembering.py::test_no_more_repeats_than_the_digest_wants",
    "DigestSettings.per_organiser": "compose/test_compose_fairness.py::"
    "test_an_organiser_has_so_many_entries_and_the_others_are_counted",
    "DigestSettings.group_by": "render/test_render_long.py::test_a_quarter_may_be_told_place_by_place",
    "CategorySettings.lead": "compose/test_compose_remembering.py::"
    "test_what_is_announced_ahead_is_told_in_full_in_its_week",
    "CategorySettings.repeats": "compose/test_compose_remembering.py::"
    "test_a_conference_is_announced_weeks_ahead_and_repeated_as_often_as_wanted",
    "CorrectionSettings.a_day": "app/test_app_correcting.py::test_the_limit_is_the_workspaces",
    "CorrectionSettings.review": "app/test_app_correcting.py::"
    "test_without_approval_it_does_not_leave_unless_the_workspace_says_so",
    "AddressSettings.roles": "app/test_app_importing.py::test_a_workspace_flags_names_and_domains_of_its_own",
    "AddressSettings.disposable_domains": "app/test_app_importing.py::"
    "test_a_workspace_flags_names_and_domains_of_its_own",
    "Settings.addresses": "app/test_app_importing.py::test_a_workspace_flags_names_and_domains_of_its_own",
    "EditorSettings.notify": "runtime/test_runtime_editor_mails.py::test_every_editor_is_told_of_a_draft_once",
    "SignInSettings.editors": "web/test_web_signin.py::"
    "test_what_an_operator_has_is_not_the_studio_and_the_other_way_round",
    "SignInSettings.operators": "web/test_web_signin.py::"
    "test_what_an_operator_has_is_not_the_studio_and_the_other_way_round",
    "SignInSettings.by": "web/test_web_signin_proxy.py::test_by_mail_the_header_says_nothing",
    "SignInSettings.header": "web/test_web_signin_proxy.py::test_the_header_is_refused_from_anybody_but_the_proxy",
    "SignInSettings.proxies": "web/test_web_signin_proxy.py::test_a_proxy_is_known_by_its_address",
    "SignInSettings.idle": "app/test_app_signing_in.py::test_how_long_a_session_lasts_is_the_workspaces",
    "SignInSettings.lasts": "app/test_app_signing_in.py::test_how_long_a_session_lasts_is_the_workspaces",
    "Settings.sign_in": "settings/test_settings_signing_in.py::test_nobody_may_sign_in_unless_somebody_is_named",
    "ApiSettings.per_minute": "web/test_web_api.py::test_a_token_may_ask_so_often_and_is_told_when_again",
    "ApiSettings.origins": "web/test_web_api.py::"
    "test_pages_of_named_origins_may_read_what_is_published_and_nothing_else",
    "Settings.api": "web/test_web_api.py::test_a_token_may_ask_so_often_and_is_told_when_again",
    "NumbersSettings.count": "web/test_web_numbers.py::test_nothing_is_counted_where_the_settings_say_so",
    "Settings.numbers": "web/test_web_numbers.py::test_nothing_is_counted_where_the_settings_say_so",
    "EditorSettings.editor": "app/test_app_studio_opening.py::test_the_workspaces_own_command_comes_first",
    "EditorSettings.remind": "runtime/test_runtime_editor_mails.py::test_the_reminder_comes_when_the_setting_says",
    "ListSettings.address": "app/test_app_list_addresses.py::test_a_list_without_an_address_is_no_reader",
    "Settings.terms_preset": "runtime/test_runtime_cadence_table.py::test_a_preset_gives_terms_where_none_is_named",
    "Settings.community": "settings/test_settings_all_obeyed.py::test_what_people_get_depends_on_it",
    "Settings.sender": "settings/test_settings_all_obeyed.py::test_what_people_get_depends_on_it",
    "Settings.categories": "compose/test_compose_remembering.py::test_a_meetup_without_a_lead_waits_for_its_week",
    "Settings.corrections": "app/test_app_correcting.py::test_the_limit_is_the_workspaces",
    "Settings.editors": "runtime/test_runtime_editor_mails.py::test_nobody_is_told_where_nobody_is_named",
    "Settings.limits": "settings/test_settings_all_obeyed.py::test_no_more_distinct_mails_than_the_limit_says",
    "Settings.checks": "cli/test_cli_check.py::test_a_domain_that_signs_for_another_is_told",
    "CheckSettings.clients": "cli/test_cli_check.py::test_the_programs_that_matter_are_the_workspaces",
    "CheckSettings.links": "cli/test_cli_check.py::test_links_are_followed_where_that_is_set",
    "CheckSettings.dkim_domain": "cli/test_cli_check.py::test_a_domain_that_signs_for_another_is_told",
    "CheckSettings.dkim_selectors": "app/test_app_doctor.py::test_a_planted_fault_is_named_and_nothing_else_is",
    "CheckSettings.silence": "cli/test_cli_check.py::test_a_silence_in_the_settings_names_rule_place_and_reason",
    "SilenceSettings.rule": "cli/test_cli_check.py::test_a_silence_in_the_settings_names_rule_place_and_reason",
    "SilenceSettings.reason": "cli/test_cli_check.py::test_a_silence_in_the_settings_names_rule_place_and_reason",
    "SilenceSettings.where": "cli/test_cli_check.py::test_a_silence_in_the_settings_names_rule_place_and_reason",
    "LimitSettings.editions": "settings/test_settings_all_obeyed.py::test_no_more_distinct_mails_than_the_limit_says",
    "Settings.look": "render/test_render_look.py::test_a_colour_of_ones_own_is_in_the_mail",
    "LookSettings.light": "render/test_render_look.py::test_a_colour_of_ones_own_is_in_the_mail",
    "LookSettings.dark": "render/test_render_look.py::test_a_colour_of_ones_own_is_in_the_mail",
    "LookSettings.fonts": "settings/test_settings_all_obeyed.py::test_a_look_is_seen",
    "LookSettings.logo": "settings/test_settings_all_obeyed.py::test_a_look_is_seen",
    "LookSettings.logo_alt": "settings/test_settings_all_obeyed.py::test_a_look_is_seen",
    "LookSettings.logo_width": "settings/test_settings_all_obeyed.py::test_a_look_is_seen",
    "ListSettings.title": "web/test_web_preferences_story.py::"
    "test_the_page_shows_what_is_chosen_and_not_the_whole_address",
    "ListSettings.consent_text": "settings/test_settings_all_obeyed.py::test_the_proof_of_consent_holds_its_text",
    "ListSettings.leave_url": "app/test_app_list_addresses.py::"
    "test_personal_mails_of_a_list_that_is_left_elsewhere_lead_there",
    "ListSettings.double_opt_in": "web/test_web_joining_story.py::"
    "test_a_list_without_double_opt_in_takes_people_in_at_once",
    "ListSettings.sign_up": "web/test_web_joining_story.py::test_a_list_that_nobody_may_join_has_no_form",
    "ListSettings.goodbye": "app/test_app_joining_limits.py::test_who_leaves_is_told_so_where_the_list_says_so",
    "JoiningSettings.minutes_apart": "app/test_app_joining_limits.py::"
    "test_an_address_waits_as_many_minutes_as_the_workspace_says",
    "JoiningSettings.a_day": "app/test_app_joining_limits.py::"
    "test_an_address_is_mailed_as_often_a_day_as_the_workspace_says",
    "JoiningSettings.per_network": "app/test_app_joining_limits.py::"
    "test_a_network_asks_as_often_an_hour_as_the_workspace_says",
    "JoiningSettings.per_hour": "app/test_app_joining_limits.py::"
    "test_everybody_together_asks_as_often_an_hour_as_the_workspace_says",
    "Settings.joining": "app/test_app_joining_limits.py::test_a_network_asks_as_often_an_hour_as_the_workspace_says",
    "MailboxSettings.kind": "providers/test_providers_inbound.py::"
    "test_messages_come_in_order_and_what_is_removed_is_gone",
    "MailboxSettings.path": "providers/test_providers_inbound.py::test_a_mailbox_that_is_not_there_is_named",
    "MailboxSettings.host": "providers/test_providers_inbound.py::test_a_mailbox_that_is_not_there_is_named",
    "MailboxSettings.port": "providers/test_providers_inbound.py::"
    "test_messages_come_in_order_and_what_is_removed_is_gone",
    "MailboxSettings.security": "providers/test_providers_inbound.py::"
    "test_messages_come_in_order_and_what_is_removed_is_gone",
    "MailboxSettings.username": "providers/test_providers_inbound.py::"
    "test_a_server_that_refuses_is_named_and_the_password_is_not",
    "MailboxSettings.folder": "providers/test_providers_inbound.py::"
    "test_a_server_that_refuses_is_named_and_the_password_is_not",
    "MailboxSettings.timeout": "providers/test_providers_inbound.py::test_a_server_that_says_nothing_is_given_up",
    "MailboxSettings.address": "app/test_app_mail_in.py::"
    "test_every_mail_names_the_address_behind_its_link_only_where_it_is_read",
    "MailboxSettings.list": "app/test_app_mail_in.py::test_a_list_is_named_or_the_mailboxs_is_meant",
    **{
        f"BouncesSettings.{name}": f"providers/test_providers_inbound.py::{test}"
        for name, test in (
            ("path", "test_a_mailbox_that_is_not_there_is_named"),
            ("host", "test_a_mailbox_that_is_not_there_is_named"),
            ("port", "test_messages_come_in_order_and_what_is_removed_is_gone"),
            ("security", "test_messages_come_in_order_and_what_is_removed_is_gone"),
            ("username", "test_a_server_that_refuses_is_named_and_the_password_is_not"),
            ("folder", "test_a_server_that_refuses_is_named_and_the_password_is_not"),
            ("timeout", "test_a_server_that_says_nothing_is_given_up"),
        )
    },
    "BouncesSettings.kind": "app/test_app_bounces_in.py::test_a_file_of_mails_is_read_as_well",
    "BouncesSettings.address": "app/test_app_bounces_in.py::"
    "test_without_a_token_every_mail_has_the_return_path_that_is_set",
    "BouncesSettings.verp": "app/test_app_bounces_in.py::"
    "test_each_mail_has_a_return_path_of_its_own_by_which_it_is_known",
    "Settings.bounces": "app/test_app_bounces_in.py::test_without_a_box_nothing_is_looked_at",
    "Secrets.bounces_password": "app/test_app_bounces_in.py::"
    "test_a_box_on_a_server_is_opened_with_the_password_for_reports",
    "Secrets.dkim_key": "providers/test_providers_dkim.py::test_mail_over_smtp_is_signed_as_the_settings_say",
    "DkimSettings.domain": "providers/test_providers_dkim.py::test_mail_over_smtp_is_signed_as_the_settings_say",
    "DkimSettings.selector": "providers/test_providers_dkim.py::test_mail_over_smtp_is_signed_as_the_settings_say",
    "ProviderSettings.dkim": "providers/test_providers_dkim.py::test_mail_over_smtp_is_signed_as_the_settings_say",
    "ProviderSettings.ca_file": "providers/test_providers_smtp_lanes.py::"
    "test_a_certificate_of_ones_own_authority_is_believed_where_its_file_is_set",
    "ProviderSettings.connections": "settings/test_settings_all_obeyed.py::"
    "test_connections_are_as_many_and_kept_as_long_as_is_set",
    "ProviderSettings.messages_per_connection": "settings/test_settings_all_obeyed.py::"
    "test_connections_are_as_many_and_kept_as_long_as_is_set",
    "Settings.mailbox": "app/test_app_mail_in.py::test_without_a_mailbox_nothing_is_looked_at",
    "Community.suppressions": "app/test_app_neighbours.py::"
    "test_a_bounce_and_a_complaint_count_for_all_who_share_them_and_for_nobody_else",
    "PaceSettings.account": "app/test_app_neighbours.py::test_communities_that_share_an_account_keep_one_pace",
    "PaceSettings.second": "app/test_app_guards.py::"
    "test_no_more_leave_in_a_second_than_the_pace_says_and_send_waits_for_it",
    "PaceSettings.minute": "app/test_app_guards.py::test_the_pace_of_a_minute_holds",
    "PaceSettings.hour": "app/test_app_guards.py::"
    "test_the_pace_of_an_hour_holds_across_workers_and_restarts_and_says_until_when",
    "PaceSettings.domain_hour": "app/test_app_guards.py::"
    "test_a_mail_domain_that_had_enough_waits_and_the_others_get_theirs",
    "PaceSettings.domains": "app/test_app_guards.py::"
    "test_a_mail_domain_that_had_enough_waits_and_the_others_get_theirs",
    "GuardSettings.breaker": "app/test_app_guards.py::test_without_a_breaker_every_batch_is_tried",
    "GuardSettings.warm_up_from": "app/test_app_guards.py::"
    "test_a_warm_up_lets_a_little_more_leave_each_day_and_everybody_when_it_is_over",
    "GuardSettings.warm_up": "app/test_app_guards.py::"
    "test_a_warm_up_lets_a_little_more_leave_each_day_and_everybody_when_it_is_over",
    "GuardSettings.canary": "app/test_app_guards.py::test_a_few_get_it_first_and_the_others_after_the_hold",
    "GuardSettings.canary_hold": "app/test_app_guards.py::test_a_few_get_it_first_and_the_others_after_the_hold",
    "DigestSettings.canary": "app/test_app_guards.py::"
    "test_a_digest_names_editors_who_get_it_first_and_a_person_lets_the_others_have_it",
    "DigestSettings.canary_hold": "app/test_app_guards.py::"
    "test_a_digest_names_editors_who_get_it_first_and_a_person_lets_the_others_have_it",
    "GuardSettings.audience_change": "app/test_app_guards.py::"
    "test_an_audience_may_change_as_much_as_the_workspace_says",
    "GuardSettings.audience_least": "app/test_app_guards.py::"
    "test_an_audience_may_change_as_much_as_the_workspace_says",
    "GuardSettings.deadline": "app/test_app_guards.py::"
    "test_what_is_not_begun_by_the_deadline_is_not_sent_and_is_written_down",
    "DigestSettings.deadline": "app/test_app_guards.py::test_a_digest_has_a_deadline_of_its_own",
    "GuardSettings.reserve_mb": "app/test_app_guards_rates.py::test_the_reserve_is_as_large_as_the_workspace_says",
    "GuardSettings.complaints_alert": "app/test_app_guards_rates.py::test_complaints_have_limits_of_their_own",
    "GuardSettings.complaints_pause": "app/test_app_guards_rates.py::test_complaints_have_limits_of_their_own",
    "GuardSettings.bounces_pause": "app/test_app_guards_rates.py::test_rates_are_those_that_the_workspace_bears",
    "GuardSettings.rates_from": "app/test_app_guards_rates.py::test_rates_are_those_that_the_workspace_bears",
    "Settings.pace": "app/test_app_guards.py::test_the_pace_of_a_minute_holds",
    "Settings.guards": "app/test_app_guards.py::test_without_a_breaker_every_batch_is_tried",
    **{
        f"AlertSettings.{name}": f"{file}::{test}"
        for names, file, test in (
            (
                "mail",
                "app/test_app_alerts.py",
                "test_an_issue_that_is_late_is_mailed_once_and_once_more_when_it_is_over",
            ),
            ("webhook", "app/test_app_alerts.py", "test_a_post_is_signed_and_says_everything"),
            ("webhook_env", "app/test_app_alerts.py", "test_without_a_secret_a_post_is_not_signed"),
            ("late", "health/test_health_troubles.py", "test_an_issue_is_not_late_before_its_grace_is_over"),
            ("queue", "health/test_health_troubles.py", "test_a_queue_that_does_not_move_is_told_with_its_base"),
            (
                "unknown",
                "health/test_health_troubles.py",
                "test_unknowns_are_told_when_they_have_waited_long_enough",
            ),
            (
                "events",
                "app/test_app_alerts.py",
                "test_mails_without_any_report_are_told_where_reports_are_configured",
            ),
            (
                "source_unread source_empty source_unchanged",
                "health/test_health_troubles.py",
                "test_a_threshold_that_is_off_tells_of_no_source",
            ),
            (
                "disk_mb settle",
                "app/test_app_alerts.py",
                "test_what_is_gone_is_over_when_it_was_gone_as_long_as_is_set",
            ),
        )
        for name in names.split()
    },
    "Settings.alerts": "app/test_app_alerts.py::test_a_post_is_signed_and_says_everything",
    "Secrets.alerts": "app/test_app_alerts.py::test_a_post_is_signed_and_says_everything",
    "ListSettings.welcome": "app/test_app_topping_up.py::test_only_where_the_list_says_so",
    "ProviderSettings.host": "settings/test_settings_all_obeyed.py::test_the_road_out_is_the_one_that_is_set",
    "ProviderSettings.port": "settings/test_settings_all_obeyed.py::test_the_road_out_is_the_one_that_is_set",
    "ProviderSettings.security": "settings/test_settings_all_obeyed.py::test_the_road_out_is_the_one_that_is_set",
    "ProviderSettings.username": "settings/test_settings_all_obeyed.py::test_the_road_out_is_the_one_that_is_set",
    "ProviderSettings.timeout": "settings/test_settings_all_obeyed.py::test_the_road_out_is_the_one_that_is_set",
    "ProviderSettings.api_url": "providers/test_providers_registry.py::"
    "test_what_is_missing_is_named_and_no_secret_is",
    "ProviderSettings.batch": "runtime/test_runtime_operating.py::test_one_wake_up_hands_over_many_batches",
    "ProviderSettings.webhook_key": "web/test_web_hooks.py::test_without_the_right_key_everything_is_refused",
    "ProviderSettings.webhook_hours": "web/test_web_hooks.py::test_the_window_is_the_workspaces",
    "ProviderSettings.unknown": "app/test_app_reconciling.py::test_the_policy_of_the_settings_sends_again_by_itself",
    "ProviderSettings.unknown_hours": "app/test_app_reconciling.py::test_absence_before_its_time_proves_nothing",
    "Track.fg": "render/test_render_theme.py::test_a_topic_takes_its_track_by_name_or_by_colour",
    "Track.bg": "render/test_render_theme.py::test_a_topic_takes_its_track_by_name_or_by_colour",
    "Track.dark_fg": "render/test_render_theme.py::test_the_dark_scheme_gives_a_colour_to_every_rule",
    "Track.dark_bg": "render/test_render_theme.py::test_the_dark_scheme_gives_a_colour_to_every_rule",
    "Track.bar": "render/test_render_theme.py::test_tracks_can_be_read_and_their_bars_be_seen",
    "WebSettings.base_url": "settings/test_settings_all_obeyed.py::test_links_of_a_mail_lead_to_the_public_address",
    "WebSettings.host": "runtime/test_runtime_run.py::test_run_serves_until_it_is_told_to_stop",
    "WebSettings.port": "runtime/test_runtime_run.py::test_run_serves_until_it_is_told_to_stop",
    "Settings.provider": "providers/test_providers_registry.py::test_each_kind_opens_its_provider",
    "Settings.web": "app/test_app_archive.py::test_people_are_sent_to_subscribe_where_the_workspace_says",
    "Settings.store": "store/test_store_engine.py::"
    "test_a_new_store_is_made_below_the_workspace_and_only_its_owner_may_read_it",
    "Settings.root": "providers/test_providers_registry.py::test_the_outbox_hangs_from_the_workspace",
    "Settings.secrets": "settings/test_settings_secrets.py::"
    "test_a_secret_comes_from_the_environment_and_hides_itself",
    "Secrets.signing": "settings/test_settings_secrets.py::test_a_secret_comes_from_the_environment_and_hides_itself",
    "Secrets.smtp_password": "providers/test_providers_registry.py::test_each_kind_opens_its_provider",
    "Secrets.signing_old": "app/test_app_keys.py::test_links_that_an_older_key_signed_are_still_taken",
    "Secrets.imap_password": "providers/test_providers_inbound.py::"
    "test_a_server_that_refuses_is_named_and_the_password_is_not",
    "Secrets.sendgrid_key": "providers/test_providers_registry.py::test_each_kind_opens_its_provider",
    "ProviderSettings.kind": "providers/test_providers_registry.py::test_each_kind_opens_its_provider",
    "ProviderSettings.region": "providers/test_providers_registry.py::"
    "test_ses_is_reached_in_its_region_unless_another_address_is_set",
    "Secrets.ses_secret": "providers/test_providers_registry.py::test_each_kind_opens_its_provider",
    "ProviderSettings.path": "providers/test_providers_registry.py::test_the_outbox_hangs_from_the_workspace",
    "ProviderSettings.sandbox": "providers/test_providers_sendgrid.py::test_sandbox_is_asked_for_and_recognised",
    "StoreSettings.url": "store/test_store_engine.py::"
    "test_a_url_that_is_none_and_a_place_that_cannot_be_written_are_named",
    "Settings.logs": "cli/test_cli_log_format.py::test_the_settings_say_how_lines_are_written",
    "LogSettings.format": "cli/test_cli_log_format.py::test_the_settings_say_how_lines_are_written",
    "WebSettings.monitor_port": "runtime/test_runtime_run.py::test_monitors_are_answered_on_a_port_of_their_own",
    "WebSettings.calendars": "app/test_app_archive.py::test_without_calendars_there_are_none_and_no_mail_names_one",
    "WebSettings.subscribe_url": "app/test_app_archive.py::"
    "test_people_are_sent_to_subscribe_where_the_workspace_says",
}
#: Read and not obeyed yet, with what is missing; the code does not use them, or this says so.
WAITING: dict[str, str] = {}


def all_fields() -> set[str]:
    models = (one for _, one in inspect.getmembers(nouns, inspect.isclass) if issubclass(one, nouns.Strict))
    models = (*models, DkimSettings)
    return {f"{model.__name__}.{name}" for model in models for name in model.model_fields}


def proven() -> list[str]:
    seen = [*SEEN, *(f"SourceSettings.{name}" for name in READ), *(f"Expect.{name}" for name in EXPECT)]
    return [*seen, *ELSEWHERE, *WAITING]


def test_every_setting_has_a_case_and_every_case_a_setting() -> None:
    assert sorted(proven()) == sorted(all_fields())


@pytest.mark.parametrize("name", SEEN)
def test_what_people_get_depends_on_it(name: str) -> None:
    path, value, probe = SEEN[name]

    assert probe(with_value(path, value)) != usual(probe)


@pytest.mark.parametrize("name", READ)
def test_what_is_read_depends_on_it(name: str) -> None:
    value, text, path, also = READ[name]

    assert reading({**also, name: value}, text, path) != reading(also, text, path)


@pytest.mark.parametrize("name", EXPECT)
def test_what_is_expected_of_a_source_is_looked_at(name: str) -> None:
    old = PAGE.format(start="2026-06-08 12:00", end="2026-06-08 13:00")

    assert reading({"expect": {name: EXPECT[name]}}, old, "clinic.md") != reading({}, old, "clinic.md")


@pytest.mark.parametrize("name", ELSEWHERE)
def test_the_test_that_is_named_is_there(name: str) -> None:
    path, _, test = ELSEWHERE[name].partition("::")
    tree = ast.parse((TESTS / path).read_text(encoding="utf-8"))

    assert test in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_what_waits_is_used_nowhere() -> None:
    package = TESTS.parent / "newsletter"
    texts = [file.read_text(encoding="utf-8") for file in package.rglob("*.py") if file.name != "workspace.py"]

    for name in WAITING:
        field = name.partition(".")[2]
        assert not any(f".{field}" in text for text in texts), f"{name} is obeyed: give it a case, and take it out"


def test_no_more_distinct_mails_than_the_limit_says(tmp_path: Path) -> None:
    counts = []
    for most in (1, 2):
        ws = open_at(tmp_path / str(most))
        settings = ws.settings.model_copy(update={"limits": nouns.LimitSettings(editions=most)})
        ws = Workspace(settings, ws.clock)
        with_readers(ws, 2)
        add(ws, "late@example.org", "community", clock=24)
        with_issue(ws)
        counts.append(plan_issue(ws, KEY, edition_for, ws.clock()).editions)

    assert counts == [1, 2]


def test_a_look_is_seen() -> None:
    logo = {"logo": "https://data.example.org/logo.png", "logo_alt": "The lab"}
    looks = (
        {},
        logo,
        {**logo, "logo_alt": "Ours"},
        {**logo, "logo_width": 64},
        {"fonts": {"serif": "Georgia, serif"}},
    )

    assert len({repr(mail(with_value("look", look))) for look in looks}) == len(looks)


def test_the_proof_of_consent_holds_its_text(tmp_path: Path) -> None:
    ws = open_at(tmp_path)
    told = ws.settings.lists["community"].model_copy(update={"consent_text": "Write to me."})
    ws = Workspace(ws.settings.model_copy(update={"lists": {**ws.settings.lists, "community": told}}), ws.clock)

    add(ws, "ada@example.org", "community")

    assert [line.text for line in show(ws, "ada@example.org").consents] == ["Write to me."]


def test_the_road_out_is_the_one_that_is_set(tmp_path: Path) -> None:
    def outcome(script: dict[str, Any], **more: object) -> str:
        with scripted(script) as server:
            here = {"kind": "smtp", "host": "127.0.0.1", "port": server.port, "security": "none", "timeout": 60}
            settings = ProviderSettings.model_validate({**here, **more})
            provider = open_provider(settings, Secrets(smtp_password=SecretStr("secret")), tmp_path)
            [receipt] = provider.submit(batch([row(1)]))
            provider.close()
            return receipt.outcome

    def slow(_: int) -> str:
        time.sleep(1.0)
        return "250 at last"

    assert outcome({}) == "accepted"
    with socket.socket() as held:  # and not listened at
        held.bind(("127.0.0.1", 0))
        assert outcome({}, port=held.getsockname()[1]) == "not_submitted"
    assert outcome({}, host="127.0.0.2") == "not_submitted"
    assert outcome({}, security="starttls") != "accepted"
    assert outcome({"EHLO": "250-test\r\n250 AUTH PLAIN", "AUTH": "535 no"}, username="hours") == "refused_for_now"
    assert outcome({"MAIL": slow}, timeout=0.3) == "not_submitted"
    assert outcome({"MAIL": slow}, timeout=60) == "accepted"


def test_connections_are_as_many_and_kept_as_long_as_is_set(tmp_path: Path) -> None:
    def sessions(rows: int, **more: int) -> int:
        together = threading.Barrier(more.get("connections", 1), timeout=60)

        def meet(_: int) -> str:
            together.wait()
            return "250 ok"

        with scripted({"dot": meet}) as server:
            here = {"kind": "smtp", "host": "127.0.0.1", "port": server.port, "security": "none"}
            provider = open_provider(ProviderSettings.model_validate({**here, **more}), Secrets(), tmp_path)
            provider.submit(batch([row(number) for number in range(rows)]))
            provider.close()
            return len(server.sessions)

    assert sessions(4) == 1
    assert sessions(4, connections=2) == 2
    assert sessions(4, messages_per_connection=1) == 4


def test_links_of_a_mail_lead_to_the_public_address(tmp_path: Path) -> None:
    ws = open_at(tmp_path)
    web = ws.settings.web.model_copy(update={"base_url": "https://other.example.org"})
    moved = Workspace(ws.settings.model_copy(update={"web": web}), ws.clock)
    mailing = Mailing(1, "data-lab", "issue", KEY, "community", "weekly", "sending", "abc", AT)
    due = Due("d1", "s1", "e1", 0, "ada@example.org", subscription="active")

    urls = [addressing_for(one, mailing).row(due).unsubscribe_url for one in (ws, moved)]

    assert [url.startswith("https://other.example.org/") for url in urls] == [False, True]
