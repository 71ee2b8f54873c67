"""The workspace's settings as values: what config.toml and lists.toml may say (architecture: one settings file).

Unknown keys are refused, so that a misspelt one is found and not ignored.
"""

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AliasPath,
    BeforeValidator,
    Discriminator,
    Field,
    SecretStr,
    Tag,
)

from newsletter.model.alert_settings import AlertSettings
from newsletter.model.api import ApiSettings
from newsletter.model.editor_settings import CorrectionSettings, EditorSettings
from newsletter.model.guarding import GuardSettings, PaceSettings
from newsletter.model.numbers import NumbersSettings
from newsletter.model.provider_settings import ProviderSettings
from newsletter.model.requests import BouncesSettings, JoiningSettings, MailboxSettings
from newsletter.model.signing_in import SignInSettings
from newsletter.model.strict import Strict


class Community(Strict):
    """Who sends: names, the home zone (IANA), and the postal address every mail must show.

    `language` is that of readers who named none, and of the public pages (a tag such as "de" or "de-AT").
    With shared `suppressions`, bounces and complaints count for all communities of the store that share them.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=40)
    name: str
    url: str = ""
    timezone: str
    city: str = ""
    postal_address: str
    guidelines_url: str = ""
    language: str = "en"
    suppressions: Literal["own", "shared"] = "own"


class Sender(Strict):
    """The From and Reply-To of every mail; `address` may carry a display name."""

    address: str
    reply_to: str = ""


class Expect(Strict):
    """What a healthy source holds; less turns the issue amber."""

    min_items: int = 0
    fresh_days: int | None = None


PresetName = Literal[
    "zola",
    "hugo",
    "jekyll",
    "quarto",
    "galaxy",
    "yaml2ics",
    "confs-tech",
    "meetup",
    "eventbrite",
    "google-calendar-csv",
    "google-sheets",
]


def _field_map_kind(value: object) -> str:
    return "auto" if isinstance(value, str) else "map"


#: Our field = their key; or "auto". What is neither is told as one fault and not as two.
FieldMap = Annotated[
    Annotated[dict[str, str], Tag("map")] | Annotated[Literal["auto"], Tag("auto")], Discriminator(_field_map_kind)
]


class SourceSettings(Strict):
    """One configured place to read, and how its times and fields are meant.

    The place is one of: `path`, a pattern in the workspace; `url`; `url_env`, the variable that holds a secret
    address; or `git` with a pattern `path` in that repository as of `ref` (branch, tag or commit).
    """

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")
    format: Literal["markdown", "ics", "csv", "json", "yaml", "toml", "feed", "jsonld"]
    path: str = ""
    url: str = ""
    url_env: str = ""
    git: str = ""
    ref: str = ""
    base_url: str = ""
    page_url: str = ""
    preset: Literal["", PresetName] = ""
    fields: FieldMap = Field(default_factory=dict)
    defaults: dict[str, str | list[str]] = Field(default_factory=dict)
    kind: Literal["", "event", "announcement", "page"] = ""
    naive: str = ""
    offset: Literal["trust", "wall_clock"] = "trust"
    day_first: bool = False
    locale: str = "en"
    midnight_is_date: bool = True
    end: Literal["inclusive", "exclusive"] = "inclusive"
    visibility: Literal["public", "members"] = "public"
    priority: int = Field(default=0, ge=-1000, le=1000)
    expect: Expect = Expect()

    @property
    def field_map(self) -> dict[str, str]:
        """The field map as written; none where it is to be found out from the data (`fields = "auto"`)."""
        return self.fields if isinstance(self.fields, dict) else {}

    @property
    def is_remote(self) -> bool:
        """Whether reading it takes the network."""
        return bool(self.url or self.url_env or self.git)

    @property
    def where(self) -> str:
        """The place as it may be shown; a secret address goes by the name of its variable."""
        if self.git:
            return f"{self.git}#{self.ref}:{self.path}" if self.ref else f"{self.git}:{self.path}"
        return f"${self.url_env}" if self.url_env else self.url or self.path


class TermSettings(Strict):
    """A named term, first and last day inclusive."""

    first: date
    last: date


def _without_preset(value: object) -> object:
    return {name: term for name, term in value.items() if name != "preset"} if isinstance(value, dict) else value


class DigestSettings(Strict):
    """A digest: when it goes out, what window it covers, and how it looks.

    `canary`, `canary_hold` and `deadline` are those of the guards where they are not set.
    """

    title: str
    list: str
    cadence: str
    send_at: Literal["community", "reader"] = "community"
    send_by: str = "18 hours"
    draft: str = "3 days before"
    window: str
    theme: str = "hours"
    review: Literal["required", "automatic"] = "required"
    approvals: int = Field(default=1, ge=1, le=9)
    drift: Literal["send-approved", "hold"] = "send-approved"
    catch_up: str = "send-late up to 12 hours"
    skip_empty: bool = True
    canary: int | tuple[str, ...] | None = None
    canary_hold: str = ""
    deadline: str = ""
    archive: bool = False
    first_number: int = Field(default=1, ge=1)
    max_repeats: int | None = Field(default=None, ge=0)
    per_organiser: int | None = Field(default=None, ge=1)
    group_by: Literal["week", "place"] = "week"
    tagline: str = ""
    sections: tuple[str, ...] = (
        "note",
        "changes",
        "glance",
        "events",
        "recurring",
        "deadlines",
        "announcements",
        "thanks",
    )


class SectionSettings(Strict):
    """A section of one's own: filled by tag, or from a Markdown file."""

    title: str
    tags: tuple[str, ...] = ()
    path: str = ""


class LookSettings(Strict):
    """What makes any theme one's own: a logo, colours and fonts in the place of the theme's.

    `light` and `dark` name colours of the theme's palette (#RRGGBB); the logo lies on a machine of the community's.
    """

    logo: str = ""
    logo_alt: str = ""
    logo_width: int = Field(default=120, ge=16, le=560)
    light: dict[str, str] = Field(default_factory=dict)
    dark: dict[str, str] = Field(default_factory=dict)
    fonts: dict[str, str] = Field(default_factory=dict)


class CategorySettings(Strict):
    """How far ahead events of one category (or tag) are announced, and how often again before their own issue."""

    lead: str
    repeats: int = Field(default=0, ge=0, le=100)


#: Mail programs that stand for nearly all readers, by family and platform as caniemail names them.
USUAL_CLIENTS = (
    "apple-mail.ios",
    "apple-mail.macos",
    "gmail.android",
    "gmail.desktop-webmail",
    "gmail.ios",
    "outlook.outlook-com",
    "outlook.windows",
    "samsung-email.android",
    "thunderbird.macos",
    "yahoo.desktop-webmail",
)


class SilenceSettings(Strict):
    """A rule whose warnings are meant to be there: at which paths (a pattern; empty: everywhere), and why."""

    rule: str = Field(min_length=1)
    reason: str = Field(min_length=3)
    where: str = ""


class CheckSettings(Strict):
    """What the checks ask for: mail programs that matter, whether links are followed, and warnings that are meant.

    `clients` are families or platforms of caniemail ("gmail", "outlook.windows"). `dkim_domain` is the domain that
    signs the mail, where that is not the sender's own; `dkim_selectors` are its keys' names in the DNS, for `doctor`.
    """

    clients: tuple[str, ...] = USUAL_CLIENTS
    links: bool = False
    dkim_domain: str = ""
    dkim_selectors: tuple[str, ...] = ()
    silence: tuple[SilenceSettings, ...] = ()


class LimitSettings(Strict):
    """How many distinct editions an issue may have; beyond that, rare wishes give way to the nearest common one."""

    editions: int = Field(default=500, ge=1)


class StoreSettings(Strict):
    """Where the ledger and the subscribers live (SQLAlchemy URL; a relative path hangs from the workspace)."""

    url: str = "sqlite:///subscribers/newsletter.db"


class WebSettings(Strict):
    """Where the public pages are reached from outside, and where they listen.

    With `calendars`, public events have calendar files; `subscribe_url` is where people sign up (empty: the
    community's own address). `monitor_port` is where this machine alone may ask for numbers; 0: nobody may.
    """

    base_url: str = "http://127.0.0.1:8025"
    calendars: bool = True
    subscribe_url: str = ""
    host: str = "127.0.0.1"
    port: int = Field(default=8025, ge=0, le=65535)
    monitor_port: int = Field(default=0, ge=0, le=65535)


class LogSettings(Strict):
    """How what is logged is written: a line for people, or a JSON document a line for programs."""

    format: Literal["text", "json"] = "text"


class Track(Strict):
    """The colours of a topic in the mail, light and dark; contrast is checked by the theme."""

    fg: str
    bg: str
    dark_fg: str
    dark_bg: str
    bar: str


class TopicSettings(Strict):
    """What a reader may choose: a title and the tags that make it; `colour` names its track in the mail."""

    title: str
    short: str = ""
    tags: tuple[str, ...]
    colour: str = ""


class ListSettings(Strict):
    """What people join. With an `address` it is a mailing list kept elsewhere, which is left at its `leave_url`.

    With `sign_up`, anybody may ask to join, and confirms by mail unless `double_opt_in` is off. `welcome` says what
    who joins is sent, once: nothing, a short mail, or the issue that went out last (the short mail where there is
    none); `goodbye` whether who leaves is told so by a last mail.
    """

    title: str
    digests: tuple[str, ...]
    topics: tuple[str, ...] = ()
    double_opt_in: bool = True
    consent_text: str = ""
    address: str = ""
    leave_url: str = ""
    sign_up: bool = True
    welcome: Literal["none", "mail", "current-issue"] = "none"
    goodbye: bool = False


class AddressSettings(Strict):
    """Addresses that are flagged besides those the program knows: names of roles, and throwaway domains."""

    roles: tuple[str, ...] = ()
    disposable_domains: tuple[str, ...] = ()


class Secrets(Strict):
    """Keys from the environment or 0600 files; never printed, never stored.

    `signing_old` are keys that signed before, newest first, with white space between them.
    """

    signing: SecretStr | None = None
    signing_old: SecretStr | None = None
    smtp_password: SecretStr | None = None
    sendgrid_key: SecretStr | None = None
    ses_secret: SecretStr | None = None
    imap_password: SecretStr | None = None
    bounces_password: SecretStr | None = None
    dkim_key: SecretStr | None = None
    alerts: SecretStr | None = None


class Settings(Strict):
    """Everything a workspace says about itself; `root` is its folder.

    `terms` are those with dates of their own; `terms_preset`, written as `preset` in the same table, names a rule
    for the others.
    """

    root: Path
    community: Community
    sender: Sender
    sources: tuple[SourceSettings, ...] = ()
    terms: Annotated[dict[str, TermSettings], BeforeValidator(_without_preset)] = Field(default_factory=dict)
    terms_preset: Literal["", "calendar", "uw"] = Field(default="", validation_alias=AliasPath("terms", "preset"))
    digests: dict[str, DigestSettings] = Field(default_factory=dict)
    sections: dict[str, SectionSettings] = Field(default_factory=dict)
    categories: dict[str, CategorySettings] = Field(default_factory=dict)
    look: LookSettings = LookSettings()
    editors: EditorSettings = EditorSettings()
    corrections: CorrectionSettings = CorrectionSettings()
    limits: LimitSettings = LimitSettings()
    checks: CheckSettings = CheckSettings()
    provider: ProviderSettings = ProviderSettings()
    store: StoreSettings = StoreSettings()
    addresses: AddressSettings = AddressSettings()
    web: WebSettings = WebSettings()
    joining: JoiningSettings = JoiningSettings()
    mailbox: MailboxSettings = MailboxSettings()
    bounces: BouncesSettings = BouncesSettings()
    sign_in: SignInSettings = SignInSettings()
    api: ApiSettings = ApiSettings()
    numbers: NumbersSettings = NumbersSettings()
    pace: PaceSettings = PaceSettings()
    guards: GuardSettings = GuardSettings()
    alerts: AlertSettings = AlertSettings()
    logs: LogSettings = LogSettings()
    topics: dict[str, TopicSettings] = Field(default_factory=dict)
    lists: dict[str, ListSettings] = Field(default_factory=dict)
    secrets: Secrets = Secrets()
