// Preloaded into a process of the functions. Gives it a clock that is ahead, as far as its parent says, and a port of
// its own on 127.0.0.1, where functions-framework would listen everywhere.
import { Server } from 'node:net';

let aheadMs = Number(process.env.CLOCK_AHEAD_MS ?? 0);
const realNow = Date.now;
Date.now = () => realNow() + aheadMs;
globalThis.Date = new Proxy(Date, {
  construct: (target, given, self) => Reflect.construct(target, given.length === 0 ? [Date.now()] : given, self),
});

const { listen } = Server.prototype;
Server.prototype.listen = function (port, listening) {
  return listen.call(this, { port, host: '127.0.0.1' }, () => {
    process.send({ port: this.address().port });
    listening?.();
  });
};

process.on('message', (message) => {
  aheadMs = message.aheadMs;
  process.send({ aheadMs });
});
// Whoever wanted it is gone.
process.on('disconnect', () => process.exit());
