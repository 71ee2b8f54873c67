"""Decisions over the ledger's state tables: planning, batches, retry, leases, evidence; no clock, disk or wire."""
