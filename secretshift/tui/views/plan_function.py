"""The rows of one function of a plan, as an infrastructure diff shows them. Pure."""

from __future__ import annotations

from typing import Final

from secretshift.model.plans import FunctionPlan, SecretPlan

from ..wording import counted, listed, sentence
from .plan_environment import environment, plaintext
from .plan_policy import policy_digest
from .plan_rows import About, Rows, label, leave_key, left_variables, of_function

WAYS: Final = {"layer": "by the layer", "code": "by a change of code", "none": "stays as it is"}
ROUTES: Final = {
    "layer": "the resolver layer sets the variables at start; no change of code",
    "code": "secret, grant and reference are put beside the plaintext, which stays until a person "
    "has changed the code",
}


def head(
    rows: Rows,
    function: FunctionPlan,
    row: str,
    parent: str = "",
    depth: int = 0,
) -> About:
    """The row that the others of the function stand under."""
    place = function.function.place
    about = About("function", function=function, leave=function.function.arn)
    where = place.region if len(rows.plan.accounts) < 2 else f"{place.region} {place.account}"
    if function.blocked:
        first = function.blockers[0]
        more = len(function.blockers) - 1
        tail = f" And {counted(more, 'more blocker')}." if more else ""
        rows.whole(
            row,
            about,
            (function.function.name, "strong"),
            (f" {where} ", "faint"),
            (f"blocked: {sentence(first.text)} ", "block"),
            (f"{sentence(first.hint)}{tail}".strip(), ""),
            sign="block",
            token="block",
            parent=parent,
            depth=depth,
            foldable=True,
        )
        return about
    warnings = len(function.warnings)
    rows.whole(
        row,
        about,
        (function.function.name, "strong"),
        (f" {where}  {function.runtime} ", "faint"),
        (digest(function), ""),
        (f" {counted(warnings, 'warning')} ▲" if warnings else "", "warn"),
        sign="change",
        token="change",
        parent=parent,
        depth=depth,
        foldable=True,
    )
    return about


def digest(function: FunctionPlan) -> str:
    """What is done to it, for when its rows are folded."""
    variables = counted(len(function.variables), "variable")
    stays = "" if function.way == "layer" else ", the plaintext stays"
    stays = ", in one write" if function.at_once else stays
    return f"{variables}, {WAYS.get(function.way, function.way)}{stays}"


def body(rows: Rows, function: FunctionPlan, row: str, only: str = "") -> None:
    """Every change of the function, in its order. only: key of a secret, for the rows of that one
    alone."""
    about = About("function", function=function, leave=function.function.arn)
    rows.notes(row, about, function.blockers, "block")
    if function.blocked:
        rows.notes(row, about, function.warnings, "warn")
        _untouched(rows, function, row)
        return
    variables = [v for v in function.variables if not only or v.secret == only]
    _route(rows, function, row)
    if not only:
        for key in dict.fromkeys(v.secret for v in variables):
            _secret(rows, function, row, key)
    _layer(rows, function, row)
    _policy(rows, function, row)
    _twin(rows, function, row)
    environment(rows, function, row, variables)
    if function.way == "layer":
        for variable in variables:
            plaintext(rows, function, row, variable)
        _proof(rows, function, row)
    _left_out(rows, function, row)
    rows.notes(row, about, function.warnings, "warn")


def _left_out(rows: Rows, function: FunctionPlan, row: str) -> None:
    for name in left_variables(rows.left_out, function.function.arn):
        rows.whole(
            f"{row}/out/{name}",
            About("left-out", function=function, leave=leave_key(function, name)),
            (name, "strong"),
            (" left out: it stays in plain. x puts it back.", "faint"),
            sign="out",
            token="wait",
            parent=row,
            depth=1,
        )


def _untouched(rows: Rows, function: FunctionPlan, row: str) -> None:
    names = listed([v.name for v in function.variables], "")
    what = f"Nothing is written to it; {names} stays in plain." if names else "Nothing is written."
    rows.whole(
        f"{row}/stays",
        of_function("route", function),
        (what, "faint"),
        parent=row,
        depth=1,
    )


def _route(rows: Rows, function: FunctionPlan, row: str) -> None:
    what = ROUTES.get(function.way, function.way)
    rows.change(
        f"{row}/route",
        of_function("route", function),
        "way",
        f"{what} ({function.why})" if function.why else what,
        parent=row,
        faint=True,
    )


def _secret(rows: Rows, function: FunctionPlan, row: str, key: str) -> None:
    secret = next((s for s in rows.plan.secrets if s.key == key), None)
    if secret is None:
        return
    secret_row(rows, secret, f"{row}/secret/{key}", parent=row, depth=1, function=function)


def secret_row(
    rows: Rows,
    secret: SecretPlan,
    row: str,
    *,
    parent: str,
    depth: int,
    function: FunctionPlan | None = None,
) -> None:
    sign, verb = {
        "create": ("add", ""),
        "reuse": ("", "is there already and used again: "),
        "restore": ("change", "is restored: "),
    }.get(secret.action, ("unknown", f"{secret.action}: "))
    rows.change(
        row,
        About(
            "secret",
            function=function,
            secret=secret,
            leave=leave_key(function) if function is not None else "",
            step=f"create-secret:{secret.key}",
        ),
        "secret",
        f"{verb}{secret.name}: {held(rows, secret)}",
        sign=sign,
        token=sign,
        parent=parent,
        depth=depth,
    )


def held(rows: Rows, secret: SecretPlan) -> str:
    """What is in it, without any of it."""
    mask = rows.names.masks.get(secret.credential, "")
    value = f"{mask} {label(secret.credential)}".strip()
    origins = [p.variable.variable for p in secret.pieces if p.variable is not None]
    origins += [p.file.location.path for p in secret.pieces if p.file is not None]
    names = listed(list(dict.fromkeys(origins)), "")
    if secret.is_json:
        keys = counted(len(secret.pieces), "JSON key")
        return f"{keys} from {names}, {value}" if names else f"{keys}, {value}"
    return f"{names} as it is, {value}" if names else value


def _layer(rows: Rows, function: FunctionPlan, row: str) -> None:
    if function.way != "layer":
        return
    place = function.function.place
    rows.change(
        f"{row}/layer",
        of_function("layer", function, f"publish-layer:{place.account}:{place.region}"),
        "layer",
        f"the resolver, published once in {place.region} if it is not there",
        sign="add",
        token="add",
        parent=row,
    )


def _policy(rows: Rows, function: FunctionPlan, row: str) -> None:
    if not function.policy:
        return
    role = function.role.rsplit("/", 1)[-1]
    text = f"role {role}: {policy_digest(function.policy)}, for this function alone"
    if function.fallback.standing:
        text = f"role {role}: {policy_digest(function.policy)}; {function.fallback.text}"
    elif function.sharing:
        text += f"; {listed(list(function.sharing))} of the same role may not"
    rows.change(
        f"{row}/policy",
        of_function("policy", function, f"grant-read:{function.function.arn}"),
        "policy",
        f"{text} (Enter: exact JSON)",
        sign="change",
        token="change",
        parent=row,
    )


def _twin(rows: Rows, function: FunctionPlan, row: str) -> None:
    """What proves that it can read, before anything of it is changed."""
    if not function.proof_text:
        return
    rows.change(
        f"{row}/twin",
        of_function(
            "proof", function, f"probe:{function.function.arn}" if function.way == "layer" else ""
        ),
        "proof",
        function.proof_text,
        sign="wait" if function.way == "layer" else "",
        token="wait",
        parent=row,
    )


def _proof(rows: Rows, function: FunctionPlan, row: str) -> None:
    rows.change(
        f"{row}/proof",
        of_function("proof", function, f"prove-resolved:{function.function.arn}"),
        "proof",
        "proved again without the plaintext; where that fails, the plaintext comes back",
        sign="wait",
        token="wait",
        parent=row,
    )
