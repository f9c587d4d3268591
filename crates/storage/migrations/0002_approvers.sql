-- Who asked and who may approve, and who did by a sign-in to Okta.

ALTER TABLE approvals ADD COLUMN asker TEXT;
ALTER TABLE approvals ADD COLUMN approvers TEXT;
ALTER TABLE approvals ADD COLUMN approver_id TEXT;
ALTER TABLE approvals ADD COLUMN approver_login TEXT;
ALTER TABLE approvals ADD COLUMN signed_in INTEGER;
ALTER TABLE approvals ADD COLUMN acr TEXT;
-- Separated by spaces.
ALTER TABLE approvals ADD COLUMN amr TEXT;
