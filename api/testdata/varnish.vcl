# Varnish before wangge: what it keeps it asks about each time, so nothing it serves is stale. Start it with
#   varnishd -p http_gzip_support=off
# or Varnish asks for gzip alone and unpacks it for those who do not take it.
vcl 4.1;

backend wangge {
    .host = "127.0.0.1";
    .port = "8080";
}

sub vcl_recv {
    set req.http.X-Forwarded-For = client.ip;          # set, not appended: what a caller claims is not believed
    set req.http.X-Forwarded-Host = req.http.Host;
}

sub vcl_backend_response {
    if (beresp.http.ETag && beresp.http.Cache-Control ~ "must-revalidate") {
        set beresp.ttl = 0.001ms;                      # never served to a later request unasked (what has no
        set beresp.grace = 0s;                         # time at all would be forgotten at once)
        set beresp.keep = 1h;                          # but kept to ask about
        return (deliver);
    }
}
