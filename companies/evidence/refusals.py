"""Why a file is not taken."""

from django.utils.translation import gettext as _

from core.errors import Refusal


class FileRefused(Refusal):
    """The file is not taken; `message` names the reason and the kinds that are."""

    status = 422
    code = "file_refused"


def kinds_named(accepted: tuple[str, ...]) -> str:
    """`.pdf、.png、.jpg`."""
    return "、".join(f".{extension}" for extension in accepted if extension != "jpeg")


def disagrees(accepted: tuple[str, ...]) -> FileRefused:
    """The content is not what the name says."""
    return FileRefused(_("文件内容与扩展名不符或已损坏，请上传真实的 %(kinds)s 文件。") % {"kinds": kinds_named(accepted)})
