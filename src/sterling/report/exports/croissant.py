"""A data set as Croissant 1.0 (MLCommons), JSON-LD: its files, its columns, and what is known of responsible use.

The fields of the RAI vocabulary are filled where people said something or something was measured; a field that nobody
can fill is left out, never guessed. No value of a row is written.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Iterable

from sterling.core.dossier import ColumnFacts, Dossier
from sterling.report.about.found import gathered
from sterling.report.about.said import found_sentences
from sterling.report.about.wording import kind_name
from sterling.report.parts import line, scope_of
from sterling.report.text import count

Json = dict[str, object]
CONFORMS = ["http://mlcommons.org/croissant/1.0", "http://mlcommons.org/croissant/RAI/1.0"]
CONTEXT: Json = {
    "@language": "en", "@vocab": "https://schema.org/", "citeAs": "cr:citeAs", "column": "cr:column",
    "conformsTo": "dct:conformsTo", "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"}, "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/", "equivalentProperty": "cr:equivalentProperty",
    "samplingRate": "cr:samplingRate",
    "examples": {"@id": "cr:examples", "@type": "@json"}, "extract": "cr:extract",
    "field": "cr:field", "fileProperty": "cr:fileProperty", "fileObject": "cr:fileObject", "fileSet": "cr:fileSet",
    "format": "cr:format", "includes": "cr:includes", "isLiveDataset": "cr:isLiveDataset", "jsonPath": "cr:jsonPath",
    "key": "cr:key", "md5": "cr:md5", "parentField": "cr:parentField", "path": "cr:path", "recordSet": "cr:recordSet",
    "references": "cr:references", "regex": "cr:regex", "repeated": "cr:repeated", "replace": "cr:replace",
    "sc": "https://schema.org/", "separator": "cr:separator", "source": "cr:source", "subField": "cr:subField",
    "transform": "cr:transform",
}  # fmt: skip
_TYPES = (
    ("Bool", "sc:Boolean"), ("Int", "sc:Integer"), ("UInt", "sc:Integer"), ("Float", "sc:Float"),
    ("Decimal", "sc:Float"),
    ("Datetime", "sc:DateTime"), ("Date", "sc:Date"),
)  # fmt: skip
_FORMATS = {".csv": "text/csv", ".tsv": "text/tab-separated-values", ".parquet": "application/x-parquet"}
RECORDS = "rows"
MOST = 12
LIMITS = ("overview", "copies", "drift", "anomalies")
"""Chapters whose findings say what the data cannot carry."""


def croissant(dossier: Dossier) -> Json:
    """The metadata of the project's table as plain values."""
    data, project = dossier.data, dossier.project
    made = dossier.context.started or dossier.run.provenance.created
    files = [_file(name, digest) for name, digest in data.files] or [_file(data.name, data.digest)]
    first = str(files[0]["@id"])
    said: Json = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": CONFORMS,
        "name": line(data.name, 120),
        "description": _description(dossier),
        "license": line(project.licence, 200) if project.licence else None,
        "datePublished": made.date().isoformat(),
        "version": "1.0.0",
        "distribution": files,
        "recordSet": [
            {
                "@type": "cr:RecordSet", "@id": RECORDS, "name": RECORDS, "description": f"{count(data.rows)} rows",
                "field": [_field(c, first) for c in data.columns],
            }
        ],
        **rai(dossier),
    }  # fmt: skip
    return {k: v for k, v in said.items() if v not in (None, "", [])}


def _description(dossier: Dossier) -> str:
    data = dossier.data
    purpose = f" Read for {line(dossier.project.purpose, 300)}" if dossier.project.purpose else ""
    return f"{count(data.rows)} rows of {count(len(data.columns))} columns.{purpose}"


def _file(name: str, digest: str) -> Json:
    plain = line(name, 200)
    suffix = "." + plain.rpartition(".")[2].lower() if "." in plain else ""
    kind = _FORMATS.get(suffix) or mimetypes.guess_type(plain)[0] or "application/octet-stream"
    return {
        "@type": "cr:FileObject", "@id": plain, "name": plain, "contentUrl": plain, "encodingFormat": kind,
        "sha256": digest.removeprefix("sha256:"),
    }  # fmt: skip


def _field(column: ColumnFacts, file: str) -> Json:
    name = line(column.name, 200) or "(no name)"
    role = f"; role: {line(column.role, 60)}" if column.role else ""
    return {
        "@type": "cr:Field", "@id": f"{RECORDS}/{name}", "name": name,
        "description": f"{line(column.type, 80)}{role}", "dataType": _type(column.type),
        "source": {"fileObject": {"@id": file}, "extract": {"column": column.name}},
    }  # fmt: skip


def _type(polars: str) -> str:
    """The schema.org type of a Polars type's name; text for whatever has none."""
    return next((to for start, to in _TYPES if polars.startswith(start)), "sc:Text")


def rai(dossier: Dossier) -> Json:
    """The fields of the responsible-AI vocabulary that people or evidence can fill."""
    prose = scope_of(dossier).prose
    found = gathered(dossier.run.evidence)
    sentences = found_sentences(found, dossier.run.roles)
    personal = (p for s in found.personal for p in s.found)
    said: Json = {
        "rai:dataCollection": _words(prose.get("data.collection")),
        "rai:dataPreprocessingProtocol": _words(prose.get("data.preprocessing")),
        "rai:dataUseCases": _words(prose.get("data.uses")),
        "rai:dataReleaseMaintenancePlan": _words(prose.get("data.maintenance")),
        "rai:dataSocialImpact": _words(prose.get("data.motivation")),
        "rai:dataAnnotationProtocol": line(dossier.run.roles.describes_label, 300) if dossier.run.roles.label else None,
        "rai:personalSensitiveInformation": _each(
            [
                *(line(g, 80) for g in dossier.run.roles.groups),
                *(f"{line(p.column, 80)}: {kind_name(p.kind)}" for p in personal),
            ]
        ),
        "rai:dataBiases": _each(s.text for s in sentences if s.link in ("people", "proxies")),
        "rai:dataLimitations": _each(s.text for s in sentences if s.link in LIMITS),
    }  # fmt: skip
    return {k: v for k, v in said.items() if v not in (None, "", [])}


def _words(text: str | None) -> str | None:
    return line(text, 2000) if text and text.strip() else None


def _each(items: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(items))[:MOST]
