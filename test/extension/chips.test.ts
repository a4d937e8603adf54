import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { loadView, PageElement, stubbedDocument, stubPage } from "../support/page";

beforeEach(() => void stubPage());
afterEach(() => vi.unstubAllGlobals());

test("a button of the legend stays under the pointer and keeps the keyboard while numbers come in", async () => {
  const { showChips } = await loadView("explore/chips.ts");
  const element = new PageElement("div");
  const theme = { accents: ["#0b84a5", "#f6a01a"], ink: "#22272e", muted: "#5b6470" };
  const dropped: string[] = [];
  const show = (names: string[], pixels: number, value?: number) => {
    const chips = names.map((name, colour) => ({
      curve: name === "cursor" ? { name, colour: "cursor" } : { name, colour },
      pixels,
      value,
      pinned: name === "cursor" ? undefined : { name },
    }));
    const drop = ({ name }: { name: string }) => dropped.push(name);
    showChips(element as never, chips as never, theme as never, drop as never);
    return element.all("button");
  };
  const [first, second] = show(["R1", "R2"], 12);
  expect(element.textContent).toBe("R1 12 px\u00d7R2 12 px\u00d7");
  second.focus();
  const again = show(["R1", "R2"], 20, -3.25);
  expect(again[0]).toBe(first);
  expect(again[1]).toBe(second);
  expect(element.textContent).toBe("R1 20 px\u22123.25\u00d7R2 20 px\u22123.25\u00d7");
  const active = () => stubbedDocument().activeElement as PageElement; // set by `focus` above
  show(["R1", "R2", "cursor"], 20);
  expect(active().attributes.get("aria-label")).toBe("Forget R2");
  active().tell("click");
  expect(dropped).toEqual(["R2"]);
  show(["R1"], 20);
  expect(active().attributes.get("aria-label")).toBe("Forget R1");
  expect(element.all("button")).toContain(active());
});
