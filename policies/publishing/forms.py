"""Forms of a text: typed or chosen as a file."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import NormalTextField, StrictIntegerField
from policies.publishing.checking import MOST_CHARACTERS

MOST_BYTES = 512 * 1024
AREA = {"rows": 30, "spellcheck": "false", "autocapitalize": "off", "autocomplete": "off", "class": "yaml", "lang": "zh-CN"}


class TextForm(forms.Form):
    """A standard's text; of a chosen file, its content takes the place of what was typed and is shown in the box."""

    text = NormalTextField(label=_("规则文本（YAML）"), max_length=MOST_CHARACTERS, required=False, widget=forms.Textarea(attrs=AREA))
    file = forms.FileField(
        label=_("或选择 .yaml 文件"),
        required=False,
        allow_empty_file=True,
        max_length=255,
        help_text=_("UTF-8 编码，最多 512 KB；选择后以文件内容为准"),
        widget=forms.FileInput(attrs={"accept": ".yaml,.yml"}),
    )

    def clean(self) -> dict[str, Any]:
        """One of the two must be there."""
        facts = super().clean() or {}
        file = facts.pop("file", None)
        if file is not None:
            self._take(file, facts)
        elif not facts.get("text") and "text" not in self.errors:
            self.add_error("text", _("请填写规则文本，或选择一个文件。"))
        return facts

    def _take(self, file: Any, facts: dict[str, Any]) -> None:
        if file.size > MOST_BYTES:
            self.add_error("file", _("文件超过 512 KB。"))
            return
        try:
            typed = file.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            self.add_error("file", _("文件须是 UTF-8 编码。"))
            return
        try:
            facts["text"] = self.fields["text"].clean(typed)
        except forms.ValidationError as error:
            self.add_error("file", error)
            return
        self.errors.pop("text", None)
        if not facts["text"]:
            self.add_error("file", _("文件是空的。"))
        self.retype("text", typed)

    def retype(self, name: str, value: str) -> None:
        """Show another value in a box than was sent."""
        data: Any = self.data
        self.data = data.copy()
        self.data[name] = value  # type: ignore[index]


class DraftForm(TextForm):
    """A draft's text, and the version that was read when the form was opened."""

    seen_version = StrictIntegerField(min_value=0, widget=forms.HiddenInput, required=False)
