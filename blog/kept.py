"""Keeps whole pages for readers without a session and answers them with one query (being written)."""


class KeptPages:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)
