"""HTTP: addresses, bodies, and the ways of losing an answer."""

import contextlib
import socket
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

import control
import php
import registry
import rest
from errors import STATUS_ERRORS, RestError, no_method

JSON_TYPE = "application/json; charset=utf-8"
_PAGE = ("<html>\r\n<head><title>%d</title></head>\r\n<body>\r\n"
         "<center><h1>%d</h1></center>\r\n<hr><center>nginx</center>\r\n"
         "</body>\r\n</html>\r\n")


class Request:
    """A REST request, decoded."""

    def __init__(self, http, path, auth, method, params):
        self.seq = 0
        self.http = http
        self.path = path
        self.auth = auth
        self.method = method
        self.params = params
        self.commands = []
        self.shown_path = "/rest/" + method


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "portal"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_GET(self):
        self._serve()

    def do_POST(self):
        self._serve()

    def log_message(self, format, *args):
        """Quiet: the log is read by a control call."""

    @property
    def portal(self):
        return self.server.portal

    def _serve(self):
        raw = self._body()
        path, _, query = self.path.partition("?")
        parts = [unquote(part) for part in path.split("/") if part]
        if parts[:1] == ["_control"]:
            self._control(parts[1:], query, raw)
        elif parts[:2] == ["oauth", "token"]:
            self._oauth(query, raw)
        elif parts[:1] == ["rest"] and len(parts) in (2, 4):
            self._rest(parts[1:], path, query, raw)
        else:
            self._send(404, b"<html>404</html>", "text/html")

    def _body(self):
        coding = self.headers.get("Transfer-Encoding") or ""
        if coding.lower() == "chunked":
            return self._chunks()
        length = php.to_int(self.headers.get("Content-Length") or "0") or 0
        return self.rfile.read(length) if length > 0 else b""

    def _chunks(self):
        out = []
        while True:
            size = int(self.rfile.readline().split(b";")[0] or b"0", 16)
            if size == 0:
                break
            out.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return b"".join(out)

    def _send(self, status, data, kind=JSON_TYPE, more=(), upto=None):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        for name, value in more:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data if upto is None else data[:upto])
        self.wfile.flush()

    def _cut(self):
        """Closes the connection without another byte."""
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def _control(self, parts, query, raw):
        name = "/".join(parts)
        status, data = control.answer(self.portal, name,
                                      rest.as_mapping(php.parse_query(query)),
                                      raw)
        self._send(status, data)

    def _oauth(self, query, raw):
        params = rest.as_mapping(php.parse_query(query))
        params.update(rest.read_body(raw, self._kind(), 100))
        try:
            with self.portal.lock:
                body = self.portal.tokens.exchange(params, self.server.base)
            status = 200
        except RestError as error:
            status, body = error.status, error.body()
        self._send(status, php.dumps(body).encode())

    def _kind(self):
        return self.headers.get("Content-Type") or ""

    # REST

    def _rest(self, parts, path, query, raw):
        request = self._request(parts, path, query, raw)
        try:
            with self.portal.flight():
                self._handle(request)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _request(self, parts, path, query, raw):
        max_vars = self.portal.config["max_input_vars"]
        params = rest.as_mapping(php.parse_query(query, max_vars))
        params = {str(key): value for key, value in params.items()}
        params.update(rest.read_body(raw, self._kind(), max_vars))
        method = parts[-1]
        if method.lower().endswith(".json"):
            method = method[:-len(".json")]
        if len(parts) == 3:
            auth = ("webhook", (parts[0], parts[1]))
        else:
            auth = ("oauth", params.pop("auth", None))
        return Request(self.command, path, auth, method, params)

    def _handle(self, request):
        portal = self.portal
        with portal.lock:
            portal.do_late(None)
            portal.count_request(request.method)
            request.seq = portal.seq
            plan, caller, refusal = self._admit(request)
            latency = portal.config["latency"] + (plan.delay if plan else 0)
        if latency:
            time.sleep(latency)
        if refusal is not None:
            with portal.lock:
                portal.note(request, None, refusal.status)
            self._send(refusal.status, php.dumps(refusal.body()).encode())
        else:
            self._do(request, plan, caller)

    def _admit(self, request):
        """(plan, caller, refusal): limits, method and rights come first."""
        portal = self.portal
        try:
            self._take_rate()
            batch = request.method.lower() == "batch"
            if not batch and registry.find(request.method) is None:
                raise no_method()
            caller = portal.admit(request.auth)
        except RestError as error:
            if error.status == 401:
                portal.count_refused("auth")
            return None, None, error
        request.commands = rest.commands_of(request.method, request.params,
                                            portal.config["max_input_vars"])
        return portal.faults.plan(request.seq, request.method,
                                  request.commands), caller, None

    def _take_rate(self):
        try:
            self.portal.rate.take(self.portal.config)
        except RestError:
            self.portal.count_refused("rate")
            raise

    def _do(self, request, plan, caller):
        """The work, and then its answer or what the plan makes of it."""
        portal = self.portal
        rule = plan.main
        kind = rule.do if rule else None
        with portal.lock:
            status, body = 0, {}
            if plan.works():
                status, body = portal.execute(request, plan, caller)
            if kind == "late_work":
                portal.postpone(request, plan, caller)
            shown = status if rule is None else _shown_status(rule, status)
            portal.note(request, plan, shown)
            if kind != "late_work":
                portal.do_late("next_request")
        if rule is None:
            self._send(status, php.dumps(body).encode())
        elif kind == "half_answer":
            data = php.dumps(body).encode()
            self._send(status, data, upto=len(data) // 2)
            self._cut()
        elif kind in _SPOILT:
            _SPOILT[kind](self, rule, request)
        else:
            self._cut()

    def _html(self, rule, request):
        status = rule.get("status", 502)
        self._send(status, (_PAGE % (status, status)).encode(), "text/html")

    def _status(self, rule, request):
        status = rule.get("status", 500)
        code, text = STATUS_ERRORS.get(status, ("ERROR", "An error"))
        body = {"error": rule.get("code", code),
                "error_description": rule.get("description", text)}
        more = ()
        if rule.get("retry_after") is not None:
            more = (("Retry-After", str(rule.get("retry_after"))),)
        self._send(status, php.dumps(body).encode(), more=more)

    def _garbage(self, rule, request):
        body = rule.get("body", '{"result":{"result":{"a":')
        self._send(200, body.encode())

    def _redirect(self, rule, request):
        location = rule.get("location") or self.server.base + request.path
        self._send(rule.get("status", 302), b"", "text/html",
                   (("Location", location),))


_SPOILT = {"html": Handler._html, "status": Handler._status,
           "garbage": Handler._garbage, "redirect": Handler._redirect}


def _shown_status(rule, status):
    """What the log says was answered; 0 is a connection closed."""
    if rule.do == "half_answer":
        return status
    defaults = {"html": 502, "status": 500, "garbage": 200, "redirect": 302}
    if rule.do not in defaults:
        return 0
    return rule.get("status", defaults[rule.do])


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, portal, port=0):
        super().__init__(("127.0.0.1", port), Handler)
        self.portal = portal
        self.base = "http://127.0.0.1:%d" % self.server_address[1]

    def server_bind(self):
        """Without the look-up of the host's name."""
        self.allow_reuse_address = True
        socket_server_bind(self)

    @property
    def webhook(self):
        config = self.portal.config
        return "%s/rest/%s/%s/" % (self.base, config["user"],
                                   config["secret"])

    def handle_error(self, request, client_address):
        """A client that went away is nothing to report."""
        import sys
        import traceback
        if not isinstance(sys.exc_info()[1], OSError):
            traceback.print_exc()


def socket_server_bind(server):
    import socketserver
    socketserver.TCPServer.server_bind(server)
    server.server_name, server.server_port = server.server_address[:2]
