// @vitest-environment node
import "fake-indexeddb/auto";
import { expect, test, vi } from "vitest";
import { bind, find, forget, keep, type KeptKey, list, VaultUnavailable } from "../../src/keys/vault";

function key(fingerprint: string, createdAt = "2026-11-25T10:00:00Z"): KeptKey {
  const protectedKey = new Uint8Array([1, 2, 3]).buffer;
  return { fingerprint, kind: "p-256", protectedKey, request: "csr", label: "Service", place: "/4/", order: "", createdAt };
}

test("a key is kept, bound, listed newest first, forgotten", async () => {
  await keep(key("a"));
  await keep(key("b", "2026-11-26T10:00:00Z"));
  await bind("a", "101250");
  await bind("nobody", "1");
  expect((await list()).map((found) => [found.fingerprint, found.order])).toEqual([
    ["b", ""],
    ["a", "101250"],
  ]);
  await forget("a");
  expect(await find("a")).toBeNull();
});

test("a browser that keeps nothing says so, by name", async () => {
  const open = vi.spyOn(indexedDB, "open").mockImplementation(() => {
    throw new DOMException("", "SecurityError");
  });
  await expect(keep(key("c"))).rejects.toMatchObject({ reason: "SecurityError" });
  await expect(find("c")).rejects.toBeInstanceOf(VaultUnavailable);
  open.mockRestore();
});
