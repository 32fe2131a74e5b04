// Fingers, pens and mice on the map, told to the tool in hand as taps and drags. What the tool
// does not take moves the map as ever.

const SLOP = { mouse: 5, pen: 8, touch: 12 };
const REACH = { mouse: 10, pen: 14, touch: 24 };
const LONG_MS = 600;
const DOUBLE_MS = 380;

export class Gestures {
  #map;
  #tool;
  #start = null;
  #isTaken = false;
  #isMoved = false;
  #timer = null;
  #lastTap = null;
  #fingers = new Set();

  /**
   * `tool()`: the tool in hand: `down(touch)` answers whether it takes the gesture; then it hears
   * `drag`, `drop` or `letGo`. `tap`, `double`, `long`, `hover` as they come. A touch is
   * `{place, point, reach, isFree}`; `isFree`: Alt is held, nothing is to be snapped.
   */
  constructor(map, tool) {
    this.#map = map;
    this.#tool = tool;
    const container = map.getContainer();
    container.addEventListener("pointerdown", (event) => this.#down(event), { capture: true });
    container.addEventListener("pointermove", (event) => this.#move(event));
    addEventListener("pointerup", (event) => this.#up(event));
    addEventListener("pointercancel", (event) => this.#cancel(event));
    container.addEventListener("contextmenu", (event) => event.preventDefault());
    // What opens under the finger would get its click, and a field the keyboard with it.
    container.addEventListener("touchend", (event) => event.cancelable && event.preventDefault(), {
      passive: false,
    });
  }

  #touch(event) {
    const point = this.#map.mouseEventToContainerPoint(event);
    const { lng, lat } = this.#map.containerPointToLatLng(point);
    const kind = event.pointerType || "mouse";
    return { place: [lng, lat], point, reach: REACH[kind] ?? 10, isFree: event.altKey, kind };
  }

  #down(event) {
    if (event.target.closest(".leaflet-control") || (event.pointerType === "mouse" && event.button !== 0))
      return;
    this.#fingers.add(event.pointerId);
    if (this.#fingers.size > 1) {
      this.#drop("letGo");
      return;
    }
    const touch = this.#touch(event);
    this.#start = { id: event.pointerId, touch };
    this.#isMoved = false;
    this.#isTaken = this.#tool().down?.(touch) ?? false;
    if (this.#isTaken) this.#map.dragging.disable();
    this.#timer = setTimeout(() => this.#long(touch), LONG_MS);
  }

  #move(event) {
    const touch = this.#touch(event);
    if (!this.#start || event.pointerId !== this.#start.id) {
      if (event.pointerType !== "touch") this.#tool().hover?.(touch);
      return;
    }
    const distance = touch.point.distanceTo(this.#start.touch.point);
    if (!this.#isMoved && distance < (SLOP[event.pointerType] ?? 5)) return;
    this.#isMoved = true;
    clearTimeout(this.#timer);
    if (this.#isTaken) this.#tool().drag?.(touch);
  }

  #up(event) {
    this.#fingers.delete(event.pointerId);
    if (!this.#start || event.pointerId !== this.#start.id) return;
    const touch = this.#touch(event);
    const wasMoved = this.#isMoved;
    this.#drop(wasMoved ? "drop" : "letGo", touch);
    if (!wasMoved) this.#tap(touch, event.timeStamp);
  }

  #cancel(event) {
    this.#fingers.delete(event.pointerId);
    this.#drop("letGo");
  }

  #drop(how, touch) {
    clearTimeout(this.#timer);
    const wasTaken = this.#isTaken;
    this.#start = null;
    this.#isTaken = false;
    if (!wasTaken) return;
    this.#map.dragging.enable();
    this.#tool()[how]?.(touch);
  }

  #tap(touch, at) {
    const last = this.#lastTap;
    const isDouble = last && at - last.at < DOUBLE_MS && last.point.distanceTo(touch.point) < 24;
    this.#lastTap = isDouble ? null : { at, point: touch.point };
    if (isDouble && this.#tool().double) this.#tool().double(touch);
    else this.#tool().tap?.(touch);
  }

  #long(touch) {
    if (!this.#tool().long) return;
    this.#drop("letGo");
    this.#tool().long(touch);
  }
}
