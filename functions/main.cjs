'use strict';

// Where Google's cloud or the emulator runs the trigger, only its bundle is loaded: what the other functions stand on
// (firebase-functions, firebase-admin, gRPC) would make a cold start three times as long. Everybody else gets all
// functions: who runs another one, and who asks at deployment which there are. A name that ends in .cjs saves
// functions-framework 15 ms of finding out what kind of module it is.
module.exports =
  process.env.FUNCTION_TARGET === 'onCallbackWritten' && !process.env.FUNCTIONS_CONTROL_API
    ? require('./lib/trigger.cjs')
    : require('./lib/index.js');
