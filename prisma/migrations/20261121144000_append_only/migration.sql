-- The trail only grows: whoever wants to change it has to remove these first, and the chain of hashes shows it then.
CREATE TRIGGER "AuditEntry_is_not_changed" BEFORE UPDATE ON "AuditEntry"
BEGIN
  SELECT RAISE(ABORT, 'the audit trail is append-only');
END;
CREATE TRIGGER "AuditEntry_is_not_removed" BEFORE DELETE ON "AuditEntry"
BEGIN
  SELECT RAISE(ABORT, 'the audit trail is append-only');
END;
