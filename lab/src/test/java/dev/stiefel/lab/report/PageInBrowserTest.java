package dev.stiefel.lab.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stiefel.lab.report.Browser.Tab;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What a browser makes of pages. Without a Chromium these tests are left out.
class PageInBrowserTest {
    /// A page opens in less than a second on a machine with nothing else to do; tests have others beside them.
    private static final long PATIENCE_MS = 6_000;

    @TempDir
    private static Path directory;

    private static Path run;
    private static Path sweep;
    private static Path large;
    private static Browser browser;

    @BeforeAll
    static void startTheBrowserAndMakeThePages() throws IOException {
        Optional<Path> program = Browser.find();
        Assumptions.assumeTrue(program.isPresent(), "there is no Chromium here");
        run = directory.resolve("run");
        SyntheticRuns.run(run, Map.of(), "done", 12);
        Files.writeString(run.resolve("spectrum.csv"), spectrum());
        Report.of(List.of(run)).write();
        sweep = directory.resolve("sweep");
        SyntheticRuns.sweep(sweep, "small", List.of(4, 10, 16, 22, 28, 34), List.of(2, 5), 2, 25);
        Report.of(List.of(sweep)).write();
        large = directory.resolve("large");
        List<Integer> widths = new ArrayList<>();
        for (int width = 1; width <= 250; width++) {
            widths.add(width);
        }
        SyntheticRuns.sweep(large, "large", widths, List.of(2, 5), 2, 12);
        Report.of(List.of(large)).atMost(8).write();
        browser = Browser.start(program.get());
    }

    @AfterAll
    static void endTheBrowser() throws IOException {
        if (browser != null) {
            browser.close();
        }
    }

    private static String spectrum() {
        StringBuilder text = new StringBuilder("epoch,layer,index,singular_value\n");
        for (int epoch = 1; epoch <= 12; epoch++) {
            for (int layer = 1; layer <= 2; layer++) {
                for (int index = 1; index <= 5; index++) {
                    text.append("%d,%d,%d,%s\n".formatted(epoch, layer, index, (double) epoch / index));
                }
            }
        }
        return text.toString();
    }

    static Stream<Path> pages() {
        return Stream.of(run.resolve("report.html"), sweep.resolve("index.html"), large.resolve("index.html"));
    }

    @ParameterizedTest
    @MethodSource("pages")
    void aPageComplainsOfNothingAndAsksForNothingElse(Path page) {
        try (Tab tab = browser.tab().sized(1280, 900, "light").open(page)) {
            assertThat(tab.complaints()).isEmpty();
            assertThat(tab.requests())
                    .allMatch(url ->
                            url.startsWith("data:") || url.equals(page.toUri().toString()));
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void noPageIsWiderThanItsWindow(Path page) {
        for (int width : new int[] {400, 1280}) {
            try (Tab tab = browser.tab().sized(width, 900, "light").open(page)) {
                assertThat(tab.evaluate("document.documentElement.scrollWidth").intValue())
                        .as("in a window of %d", width)
                        .isLessThanOrEqualTo(width);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void everyFigureHasASizeAndACaption(Path page) {
        for (int width : new int[] {400, 1280}) {
            try (Tab tab = browser.tab().sized(width, 900, "light").open(page)) {
                assertThat(tab.evaluate("document.querySelectorAll('figure').length")
                                .intValue())
                        .isGreaterThan(4);
                assertThat(tab.evaluate("""
                    [...document.querySelectorAll('figure')].filter(figure => {
                      const box = figure.querySelector('svg').getBoundingClientRect();
                      return box.width < 200 || box.height < 100
                        || figure.querySelector('figcaption').textContent.trim() === '';
                    }).map(figure => figure.id).join()
                    """).stringValue()).isEmpty();
            }
        }
    }

    @Test
    void everyIdentifierIsThereOnce() {
        try (Tab tab = browser.tab().open(sweep.resolve("index.html"))) {
            assertThat(tab.evaluate("""
                (() => { const seen = new Set();
                  return [...document.querySelectorAll('[id]')].map(each => each.id)
                    .filter(id => seen.has(id) || !seen.add(id)).join(); })()
                """).stringValue()).isEmpty();
            assertThat(tab.evaluate("[...document.querySelectorAll('a[href^=\"#\"]')].filter(a =>"
                                    + " !document.getElementById(a.hash.slice(1))).length")
                            .intValue())
                    .isZero();
        }
    }

    @Test
    void aClickOnAHeadSortsByItAndAnotherTurnsItRound() {
        try (Tab tab = browser.tab().sized(1280, 900, "light").open(sweep.resolve("index.html"))) {
            String click =
                    "[...document.querySelectorAll('#summary th button')].find(b => b.textContent === 'final test"
                            + " error').click()";
            tab.evaluate(click);
            List<Double> ascending = column(tab);
            assertThat(ascending).hasSize(12).isSorted();
            assertThat(tab.evaluate("document.querySelectorAll('th[aria-sort=ascending]').length")
                            .intValue())
                    .isEqualTo(1);
            tab.evaluate(click);
            assertThat(column(tab)).isEqualTo(ascending.reversed());
        }
    }

    private static List<Double> column(Tab tab) {
        String values = tab.evaluate("""
            (() => { const table = document.querySelector('#summary table');
              const at = [...table.tHead.rows[0].cells].findIndex(c => c.textContent === 'final test error');
              return [...table.tBodies[0].rows].map(row => row.cells[at].dataset.value).join(); })()
            """).stringValue();
        return Stream.of(values.split(",", -1)).map(Double::valueOf).toList();
    }

    @Test
    void aPageIsReadWithoutScripts() {
        try (Tab tab = browser.tab().sized(1280, 900, "light").withoutScripts().open(sweep.resolve("index.html"))) {
            String text = tab.call(
                            "Runtime.evaluate", Map.of("expression", "document.body.innerText", "returnByValue", true))
                    .get("result")
                    .get("value")
                    .stringValue();
            assertThat(text).contains("Experiment small", "Summary", "Double descent", "What is missing", "Origin");
            assertThat(tab.evaluate("document.querySelectorAll('th button').length")
                            .intValue())
                    .isZero();
        }
    }

    @Test
    void darkAndLightAreTwoPages() {
        Path page = run.resolve("report.html");
        List<String> colours = new ArrayList<>();
        for (String scheme : List.of("light", "dark")) {
            try (Tab tab = browser.tab().sized(1280, 900, scheme).open(page)) {
                colours.add(tab.evaluate("getComputedStyle(document.body).backgroundColor")
                        .stringValue());
                colours.add(tab.evaluate("getComputedStyle(document.querySelector('figure svg text')).fill")
                        .stringValue());
            }
        }
        assertThat(colours).doesNotHaveDuplicates();
    }

    @Test
    void thePageOnAThousandRunsOpensAtOnce() throws IOException {
        Path page = large.resolve("index.html");
        assertThat(Files.size(page)).isLessThan(3_000_000);
        try (Tab tab = browser.tab().sized(1280, 900, "light").open(page)) {
            long loaded = tab.evaluate("performance.timing.loadEventEnd - performance.timing.navigationStart")
                    .longValue();
            assertThat(loaded).isPositive().isLessThan(PATIENCE_MS);
        }
    }
}
