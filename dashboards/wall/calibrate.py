"""The page that fits the wall's letters to its room: /wall/calibrate. What is set stays in the browser of that wall."""

from nicegui import ui

_FORM = """
<main class="panel calibrate"><h2>大屏校准</h2>
<p>按屏幕的实际宽度和最远座位的距离确定字号：正文汉字在最远处不小于视角 23 角分。设定只存于本机浏览器。</p>
<form id="calibrate">
<label>屏幕宽度（毫米）<input name="width" type="number" inputmode="numeric" min="200" max="50000" required></label>
<label>最远座位（米）<input name="distance" type="number" inputmode="decimal" min="0.5" max="60" step="0.1" required></label>
<p role="status" id="calibrated"></p>
<div><button>保存</button> <button type="button" class="quiet" id="uncalibrate">恢复默认</button> <a href="/">返回大屏</a></div>
</form>
<div class="alerts"><div class="alert"><span class="shape red">▲</span><span><div class="what">正文：执行通知超期</div>
<div class="where">说明：某某市某某区人民法院 · 管理参数</div></span>
<span class="when red">逾期167天<small>8月4日 00:00</small></span></div></div>
</main>
"""


def mount() -> None:
    """Declare the page."""

    @ui.page("/wall/calibrate", title="一盘棋 · 大屏校准")
    def calibrate() -> None:
        with ui.element("div").classes("page scroll"):
            ui.html(_FORM, sanitize=False)
