'use strict';

// Where Google's cloud or the emulator runs the trigger, only its bundle is loaded: what the other functions stand on
// (firebase-functions, firebase-admin, gRPC) would make a cold start three times as long. Everybody else gets all
// functions: who runs another one, and who asks at deployment which there are. A name that ends in .cjs saves
// functions-framework 15 ms of finding out what kind of module it is.
if (process.env.FUNCTION_TARGET === 'onCallbackWritten' && !process.env.FUNCTIONS_CONTROL_API) {
  // What V8 does by itself where it sees 512 MiB of memory; where it sees more, garbage would take up 50 MB besides.
  require('node:v8').setFlagsFromString('--heap-growing-percent=30');
  module.exports = require('./lib/trigger.cjs');
} else {
  module.exports = require('./lib/index.js');
}
