"""Takes in a model that exists already."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sterling.core.errors import InputError, shown_path
from sterling.core.model import Model
from sterling.core.project import Given, Project
from sterling.pipeline.models import model_of_bytes
from sterling.pipeline.step import Inputs, Made, Step


def given_model(project: Project) -> Step:
    """The step that reads a model file and keeps it. The file is opened as a model once, to see that it is one."""
    given = project.model
    assert given is not None and given.path is not None
    return Step(
        name="load",
        title="Loading the model",
        stage="training",
        work=_work,
        makes=("model",),
        parameters={"kind": given.kind, "name": given.name, "allow_pickle": given.allow_pickle},
        files=(model_path(project, given),),
    )


def model_path(project: Project, given: Given) -> Path:
    """Where the model file is: as written when absolute, else beside the project file."""
    written = Path(given.path or "")
    return written if written.is_absolute() else project.folder / written


def _work(inputs: Inputs) -> Mapping[str, Made]:
    given = inputs.project.model
    assert given is not None
    content, model = loaded(inputs.project, given)
    path = model_path(inputs.project, given)
    facts = {"format": path.suffix.lower(), "kind": model.kind, "recipe": None, "file": path.name}
    return {"model": Made(content=content, type="model", name=model_name(given, path), properties=facts)}


def model_name(given: Given, path: Path) -> str:
    """What the model is called: by the project, else by its file."""
    return given.name or path.stem


def loaded(project: Project, given: Given) -> tuple[bytes, Model]:
    """The bytes of the model file, and the model in them. Raises InputError when it is none."""
    path = model_path(project, given)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"cannot read the model: {error.strerror}",
            where=shown_path(path),
            hint="check path below [model] and who may read it",
        ) from error
    model = model_of_bytes(
        content, suffix=path.suffix.lower(), name=model_name(given, path), positive=project.data.positive,
        kind=None if given.kind == "probability" else given.kind, allow_pickle=given.allow_pickle,
    )  # fmt: skip
    return content, model
