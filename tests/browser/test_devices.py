"""The page of tablets by hand: from the rail to the code, a tablet in the list, revoked."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE

pytestmark = pytest.mark.browser


def enrol(page: Page, site: str, code: str, name: str) -> dict[str, str]:
    data = {"code": code, "name": name}
    answer = page.request.post(f"{site}/api/v1/devices/enrol", data=data)
    assert answer.status == 201
    told: dict[str, str] = answer.json()
    return told


def test_a_tablet_is_enrolled_and_revoked(
    open_map: Callable[..., Page], site: str, tmp_path: Path
) -> None:
    leader = open_map("leader")
    leader.locator("#devices-open").click()
    leader.get_by_text("登记平板", exact=True).click()
    leader.get_by_label("平板使用人").select_option("worker")
    leader.get_by_role("button", name="显示登记码").click()
    drawn = leader.locator(".device-qr").bounding_box()
    assert drawn is not None
    assert drawn["width"] >= 200
    assert abs(drawn["width"] - drawn["height"]) < 1
    leader.screenshot(path=tmp_path / "code.png", full_page=True)
    told = enrol(leader, site, leader.locator("#code").inner_text(), "一号平板")

    phone = open_map("leader", size=PHONE, touch=True)
    expect(phone.locator("#devices-open")).to_be_hidden()
    phone.locator("#person > summary").click()
    phone.locator("#person").get_by_role("link", name="平板").click()
    row = phone.locator(f'[data-device="{told["device"]}"]')
    expect(row).to_contain_text("一号平板")
    width = phone.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"]
    row.locator("summary").click()
    phone.screenshot(path=tmp_path / "phone.png", full_page=True)
    row.get_by_label("停用原因").fill("屏幕摔碎送修")
    row.get_by_role("button", name="停用这台平板").click()
    expect(phone.get_by_role("status")).to_contain_text("平板已停用")
    mine = phone.request.get(
        f"{site}/api/v1/devices/me", headers={"Authorization": f"Bearer {told['token']}"}
    )
    assert mine.json()["error"]["code"] == "device_revoked"
