"""A fingerprint of every case, all of one moment, and how far Kafka was read at that moment."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from psycopg.rows import TupleRow

from services.core.case import digest
from services.core.ids import CaseId, SubjectId
from services.correlator.decoding import Decoder
from services.runtime.database import Connection, Database, connect
from services.runtime.fence import Place, positions

_ROWS_AT_ONCE = 2_000
