"""The product starts, answers and ends as an operator expects."""


def test_it_starts_and_stops_and_leaves_nobody_behind(product):
    product.start()

    assert product.web.stop() == 0
    assert product.worker.stop() == 0


def test_it_comes_back_after_kill_9(product):
    product.start_web()
    product.web.kill()
    assert not product.answers()

    product.start_web()

    assert product.answers()
