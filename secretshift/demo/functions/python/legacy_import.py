"""An old import whose password holds whatever a keyboard has."""

from expected import answer, variables_are_expected


def handler(event, context):
    print("file", event["file"], "imported")
    return answer(variables_are_expected("IMPORT_PASSWORD"))
