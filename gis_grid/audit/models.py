"""The audit log: append-only and hash-chained by the database itself.

A trigger numbers each row, links it to the row before and hashes it, under an advisory
lock, so that no client can write the chain; another refuses UPDATE and DELETE to everybody.
"""

from django.db import models


class Entry(models.Model):
    """One read of personal data or one change. `seq` has no gaps; hashes are SHA-256."""

    seq = models.BigIntegerField(primary_key=True, editable=False)
    at = models.DateTimeField(db_index=True)
    actor_id = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=150)
    action = models.CharField(max_length=64, db_index=True)
    subject_type = models.CharField(max_length=64)
    subject_id = models.CharField(max_length=64)
    area_code = models.CharField(max_length=15, blank=True)
    detail = models.JSONField(default=dict)
    previous_hash = models.BinaryField(editable=False)
    hash = models.BinaryField(editable=False)

    class Meta:
        db_table = "audit_entry"
        ordering = ["seq"]
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="audit_subject")]

    def __str__(self) -> str:
        return f"{self.seq} {self.actor} {self.action} {self.subject_type} {self.subject_id}"
