# A page full of holes, for the scanners to prove themselves on: text in SQL, text in HTML, no
# headers. On loopback, as long as the scan takes. Prints its port.
import sqlite3, urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Holes(BaseHTTPRequestHandler):
    def do_GET(self):
        url = urllib.parse.urlparse(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        if url.path == '/people':
            db = sqlite3.connect(':memory:')
            db.execute('CREATE TABLE people (name TEXT)')
            db.executemany('INSERT INTO people VALUES (?)', [('a',), ('b',)])
            try:
                rows = db.execute("SELECT name FROM people WHERE name = '%s'" % query.get('name', '')).fetchall()
                text = '<br>'.join(row[0] for row in rows)
            except sqlite3.Error as error:
                text = 'SQLite error: sqlite3.OperationalError: %s' % error
        else:
            text = 'hello ' + query.get('who', '')
        page = ('<html><body>%s <a href="/people?name=b">b</a> <a href="/hello?who=b">hello</a></body></html>' % text).encode()
        self.send_response(200)
        self.send_header('Content-Type', 'text/html')
        self.send_header('Content-Length', str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(('127.0.0.1', 0), Holes)
print(server.server_port, flush=True)
server.serve_forever()
