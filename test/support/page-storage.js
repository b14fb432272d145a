// Evaluates to everything that a page can keep, as one text: both storages, every database, its address.
(async () => {
  const result = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const parts = [JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage }), location.href];
  for (const { name } of await indexedDB.databases()) {
    const db = await result(indexedDB.open(name));
    for (const store of db.objectStoreNames) {
      parts.push(JSON.stringify(await result(db.transaction(store).objectStore(store).getAll())));
    }
    db.close();
  }
  return parts.join('\n');
})();
