"""A file that shows that a condition was kept."""

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from diversion.attachments.uploads import most
from diversion.design_system.forms import required


class EvidenceForm(forms.Form):
    file = forms.FileField(
        label=_("Choose a PDF or a picture (JPEG or PNG)"),
        help_text=_("It is kept without where and with what it was made. Nothing that names somebody who was harmed."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
        error_messages=required(_("Choose the file"), empty=_("This file is empty: choose another")),
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > most():
            words = _("The file must be smaller than %(n)d MB: send the page that shows it, or a smaller picture")
            raise forms.ValidationError(words % {"n": most() // 1_000_000})
        return file

    @property
    def content(self) -> bytes:
        """Of a form that is valid."""
        content: bytes = self.cleaned_data["file"].read()
        return content
