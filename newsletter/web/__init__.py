"""What browsers and mail clients talk to; no SQL, no provider, no template engine: pages come from app."""
