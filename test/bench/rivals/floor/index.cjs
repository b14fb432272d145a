// The floor: what functions-framework costs by itself.
exports.onCallbackWritten = () => {};
