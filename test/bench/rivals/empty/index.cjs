// What firebase-functions adds to the floor before anybody has written a line.
const { onDocumentWritten } = require('firebase-functions/v2/firestore');

exports.onCallbackWritten = onDocumentWritten('callbacks/{callbackId}', () => {});
