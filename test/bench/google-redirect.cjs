// Preloaded where the Admin SDK runs, whose addresses are written into it: connections to Google end at the bench's own
// FCM (GOOGLE_PORT on 127.0.0.1). Names, certificates and TLS stay what they are in production.
const { Socket } = require('node:net');

const port = Number(process.env.GOOGLE_PORT);
const { connect } = Socket.prototype;
const led = (options) =>
  typeof options?.host === 'string' && options.host.endsWith('.googleapis.com')
    ? { ...options, host: '127.0.0.1', port }
    : options;

Socket.prototype.connect = function (first, ...rest) {
  // Node's own callers give their arguments as an array that they have marked.
  if (Array.isArray(first)) first[0] = led(first[0]);
  return connect.call(this, Array.isArray(first) ? first : led(first), ...rest);
};
