"""Template parts rendered once for all pages: per language, and without anything from the page."""

import pytest
from django.template import Context, Template
from django.template.exceptions import TemplateSyntaxError
from django.utils.translation import override

LOAD = "{% load blog_tags i18n static %}"


def test_it_prints_what_it_holds_in_the_language_of_each_page():
    template = Template(
        f"{LOAD}{{% unchanging %}}<a href=\"{{% static 'a.css' %}}\">{{% translate 'Home' %}}</a>{{% endunchanging %}}"
    )
    for language, word in (("en", "Home"), ("de", "Start"), ("en", "Home")):
        with override(language):
            assert template.render(Context()) == f'<a href="/static/a.css">{word}</a>'


@pytest.mark.parametrize(
    "inside",
    [
        "{{ post }}",
        "{% translate word %}",
        "{% translate 'Home' as home %}",
        "{% static path %}",
        "{% static 'a.css' as path %}",
        "{% if post %}x{% endif %}",
        "{% include '_foot.html' %}",
    ],
)
def test_it_refuses_what_may_differ_between_pages(inside):
    with pytest.raises(TemplateSyntaxError, match="not unchanging"):
        Template(f"{LOAD}{{% unchanging %}}{inside}{{% endunchanging %}}")
