// Preloaded where the Admin SDK runs, whose addresses are written into it: connections to Google end at the bench's own
// FCM (GOOGLE_PORT on 127.0.0.1). Names, certificates and TLS stay what they are in production.
const tls = require('node:tls');

const port = Number(process.env.GOOGLE_PORT);
const { connect } = tls;
const isGoogle = (host) => typeof host === 'string' && host.endsWith('.googleapis.com');

tls.connect = (...given) => {
  // `connect(options, …)`, or `connect(port, host, options, …)` from node:http2.
  const [first, host, options, ...rest] = given;
  if (typeof first === 'number') {
    if (!isGoogle(host)) return connect(...given);
    return connect({ ...options, host: '127.0.0.1', port, servername: host }, ...rest);
  }
  if (!isGoogle(first.host)) return connect(...given);
  return connect({ ...first, host: '127.0.0.1', port, servername: first.servername ?? first.host }, ...given.slice(1));
};
