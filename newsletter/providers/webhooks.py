"""From settings to the check of what a provider posts."""

from datetime import timedelta

from newsletter.model.events import Webhook
from newsletter.model.provider_settings import ProviderSettings
from newsletter.providers.registry import ProviderError

#: Providers that post events, by the name in the address of the hook.
POSTING = ("sendgrid",)


def open_webhook(settings: ProviderSettings) -> Webhook | None:
    """The webhook of the workspace's provider; None where it posts nothing. ProviderError where a key is none.

    Without a key there is a webhook, and it takes nothing.
    """
    if settings.kind not in POSTING:
        return None
    from newsletter.providers.sendgrid_webhook import SendGridWebhook

    try:
        return SendGridWebhook(settings.webhook_key, timedelta(hours=settings.webhook_hours))
    except ValueError as error:
        raise ProviderError(f"provider.webhook_key: {error}") from None
