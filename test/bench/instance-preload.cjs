// Preloaded into every process that is measured, ours and the rivals'. It listens on a port of its own on 127.0.0.1,
// where functions-framework would listen everywhere, and tells its parent at once, so that nobody has to poll.
const { Server } = require('node:net');

const { listen } = Server.prototype;
Server.prototype.listen = function (port, listening) {
  return listen.call(this, { port, host: '127.0.0.1' }, () => {
    process.send({ port: this.address().port });
    listening?.();
  });
};

let collectGarbage;

process.on('message', () => {
  if (!collectGarbage) {
    require('node:v8').setFlagsFromString('--expose-gc');
    collectGarbage = require('node:vm').runInNewContext('gc');
  }
  collectGarbage();
  process.send({ heapBytes: process.memoryUsage().heapUsed });
});
// Whoever wanted it is gone.
process.on('disconnect', () => process.exit());
