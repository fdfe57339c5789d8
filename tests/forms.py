"""Fills in a page's form as a browser without scripts would: what stands in it is sent, changed where a test says."""

from lxml import html


def page_of(response):
    """Return the parsed page of a response."""
    return html.fromstring(response.content.decode())


def form_of(response, *, form_id: str = ""):
    """Return the form with this id, else the first that is posted and stands in <main>."""
    page = page_of(response)
    forms = [page.get_element_by_id(form_id)] if form_id else page.xpath("//main//form[@method='post']")
    assert forms, "there is no form on this page"
    return forms[0]


def values_of(form) -> dict:
    """Return what the form would send without any button."""
    empty = form.xpath(
        ".//input[@name and not(@value) and not(@type='checkbox' or @type='radio' or @type='file')]"
    )
    values = {field.get("name"): "" for field in empty} | dict(form.form_values())
    for field in form.xpath(".//textarea[@name]"):
        # A browser drops the line end right after the tag, and sends line ends as two characters.
        text = (field.text or "").replace("\r\n", "\n").removeprefix("\n")
        values[field.get("name")] = text.replace("\n", "\r\n")
    return {name: value for name, value in values.items() if value is not None}


def submit(client, response, *, form_id: str = "", press: str = "", **changes):
    """Send the form of `response` with `changes`, by the button called `press` (name=value), and return the answer.

    A change to a field that the page does not have is a mistake of the test; so is a button that is not there.
    """
    form = form_of(response, form_id=form_id)
    values = values_of(form)
    names = {element.get("name") for element in form.xpath(".//*[@name]")}
    assert set(changes) <= names, f"not on the page: {set(changes) - names}"
    values |= changes
    if press:
        name, _equals, value = press.partition("=")
        buttons = [button for button in form.xpath(".//button[@name]") if button.get("name") == name]
        assert value in [button.get("value", "") for button in buttons], f"there is no button {press}"
        values[name] = value
    address = form.get("action") or response.request["PATH_INFO"]
    return client.post(address, values)


def messages_of(response) -> list[str]:
    """Return the messages that the page shows."""
    return [item.text_content().strip() for item in page_of(response).xpath("//ul[@class='messagelist']/li")]


def errors_of(response) -> list[str]:
    """Return the complaints that the page shows."""
    found = page_of(response).xpath("//*[contains(@class, 'errorlist')]//li | //*[@class='errorlist']/li")
    return [item.text_content().strip() for item in found]
