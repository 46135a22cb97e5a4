/** The keys that this browser holds, in IndexedDB, each encrypted under its own password. */
import { isKeyKind, type KeyKind } from "./algorithms";

const DATABASE = "guichet-keys";
const STORE = "keys";

/**
 * One key: named by the SHA-256 of its public half; `place` is the page it was made on, `order` the
 * number that was given to what it sent.
 */
export interface KeptKey {
  fingerprint: string;
  kind: KeyKind;
  protectedKey: ArrayBuffer;
  request: string;
  label: string;
  place: string;
  order: string;
  createdAt: string;
}

/** This browser keeps nothing: `reason` is the name of what it said (QuotaExceededError…). */
export class VaultUnavailable extends Error {
  constructor(readonly reason: string) {
    super(reason);
  }
}

/** Keep a key, then read it back: what a private window or a full disk loses is told before. */
export async function keep(key: KeptKey): Promise<void> {
  await inStore("readwrite", (store) => store.put(key));
  const found = await find(key.fingerprint);
  if (!found || found.protectedKey.byteLength !== key.protectedKey.byteLength) {
    throw new VaultUnavailable("not-kept");
  }
}

/** The key with this fingerprint, or null when this browser does not hold it. */
export async function find(fingerprint: string): Promise<KeptKey | null> {
  return kept(await inStore("readonly", (store) => store.get(fingerprint)));
}

/** Every key of this browser, the newest first. */
export async function list(): Promise<KeptKey[]> {
  const found: unknown[] = await inStore("readonly", (store) => store.getAll());
  const keys = found.map(kept).filter((key) => key !== null);
  return keys.sort((a, b) => b.createdAt.localeCompare(a.createdAt));
}

/** Note which order a key was sent for; a key that is not here changes nothing. */
export async function bind(fingerprint: string, order: string): Promise<void> {
  const key = await find(fingerprint);
  if (key && key.order !== order) await inStore("readwrite", (store) => store.put({ ...key, order }));
}

/** Forget a key for ever. */
export async function forget(fingerprint: string): Promise<void> {
  await inStore("readwrite", (store) => store.delete(fingerprint));
}

/** The last key made on a page and not sent yet: what a page finds again when it comes back. */
export async function waitingAt(place: string): Promise<KeptKey | null> {
  return (await list()).find((key) => key.place === place && key.order === "") ?? null;
}

/** Whether this browser keeps keys at all. */
export async function isAvailable(): Promise<boolean> {
  return list().then(
    () => true,
    () => false,
  );
}

/** Ask the browser not to evict what is kept; many say no, and nothing depends on it. */
export async function persist(): Promise<boolean> {
  try {
    return (await navigator.storage?.persist?.()) ?? false;
  } catch {
    return false;
  }
}

/** Whether the browser promised not to evict what is kept. */
export async function isPersisted(): Promise<boolean> {
  try {
    return (await navigator.storage?.persisted?.()) ?? false;
  } catch {
    return false;
  }
}

/** What storage gives back is checked: another version of this page may have written it. */
function kept(value: unknown): KeptKey | null {
  const key = value as Partial<KeptKey> | undefined;
  if (!key?.protectedKey || typeof key.fingerprint !== "string" || !isKeyKind(key.kind)) return null;
  return {
    fingerprint: key.fingerprint,
    kind: key.kind,
    protectedKey: key.protectedKey,
    request: key.request ?? "",
    label: key.label ?? "",
    place: key.place ?? "",
    order: key.order ?? "",
    createdAt: key.createdAt ?? "",
  };
}

async function inStore<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  try {
    const database = await opened();
    try {
      return await done(database, mode, work);
    } finally {
      database.close();
    }
  } catch (error) {
    // Chromium's QuotaExceededError has an empty message: its name is all there is.
    throw error instanceof VaultUnavailable ? error : new VaultUnavailable((error as Error)?.name || "unknown");
  }
}

function done<T>(
  database: IDBDatabase,
  mode: IDBTransactionMode,
  work: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(STORE, mode, { durability: "strict" });
    const request = work(transaction.objectStore(STORE));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error ?? new VaultUnavailable("aborted"));
    transaction.onerror = () => reject(transaction.error ?? new VaultUnavailable("aborted"));
  });
}

function opened(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "fingerprint" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new VaultUnavailable("open"));
    request.onblocked = () => reject(new VaultUnavailable("blocked"));
  });
}
