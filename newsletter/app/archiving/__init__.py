"""Publishing: what stands on the public pages besides the mails, from the same frozen drafts."""
