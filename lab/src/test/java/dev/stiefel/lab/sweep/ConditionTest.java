package dev.stiefel.lab.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Conditions against an evaluation of their own, and what is no condition.
class ConditionTest {
    private static final Map<String, Object> VALUES =
            Map.of("width", 8.0, "rank", 2.0, "method", "bug", "learningRate", 0.01, "standardize", "true");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        rank == 2 or width == 9 and width == 10            | true
        (rank == 2 or width == 9) and width == 10          | false
        not rank == 3 and width == 8                       | true
        not (rank == 3 or width == 8)                      | false
        not not rank == 2                                  | true
        not rank == 2 or width == 8                        | true
        10 - 4 - 3 == 3                                    | true
        10 - (4 - 3) == 9                                  | true
        24 / 4 / 2 == 3                                    | true
        2 + 3 * 4 == 14                                    | true
        (2 + 3) * 4 == 20                                  | true
        -2 * -3 == 6                                       | true
        -(2 + 3) == -5                                     | true
        - -2 == 2                                          | true
        ((rank)) == ((2))                                  | true
        ((rank == 2))                                      | true
        (rank + 2) * 2 == width                            | true
        ((rank + 2) * 2 == width) and (width > 7)          | true
        width/rank==4                                      | true
        width-rank==6                                      | error
        width - rank == 6                                  | true
        rank<width                                         | true
        rank<=2                                            | true
        rank>=2                                            | true
        rank!=2                                            | false
        1e-2 == learningRate                               | true
        learning-rate == .01                               | error
        learning-rate == 0.01                              | true
        1E+1 == 10                                         | true
        width / 0 > 1e300                                  | true
        0 / 0 == 0 / 0                                     | false
        0 / 0 != 0 / 0                                     | true
        method == bug                                      | true
        method != bug                                      | false
        bug == method                                      | error
        method == parallel-bug                             | false
        method == rank                                     | false
        standardize == true                                | true
        depth == 2                                         | false
        depth != 2                                         | false
        not depth == 2                                     | true
        rank + depth > 0                                   | false
        """)
    void conditionsHoldAsTheyRead(String text, String expected) {
        if (expected.equals("error")) {
            assertThatThrownBy(() -> Condition.parse(text).holds(VALUES)).isInstanceOf(IllegalArgumentException.class);
        } else {
            assertThat(Condition.parse(text).holds(VALUES)).isEqualTo(Boolean.parseBoolean(expected));
            assertThat(Condition.parse(text)).hasToString(text);
        }
    }

    /// A text, its truth, and how tightly it binds: 0 for `or`, 1 for `and`, 2 for the rest.
    private record Made(String text, boolean holds, int level) {
        String at(int least) {
            return level < least ? "(" + text + ")" : text;
        }
    }

    private record Sum(String text, double value, int level) {
        String at(int least) {
            return level < least ? "(" + text + ")" : text;
        }
    }

    /// 3,000 conditions that were made together with their truth, written with as few
    /// parentheses as may be.
    @Test
    void conditionsOfAnyShapeHoldWhereTheyShould() {
        SplittableRandom random = new SplittableRandom(17);
        for (int trial = 0; trial < 3000; trial++) {
            Map<String, Object> values = new HashMap<>();
            values.put("width", (double) random.nextInt(5));
            values.put("rank", (double) random.nextInt(5));
            Made made = test(random, values, 4);
            assertThat(Condition.parse(made.text()).holds(values))
                    .as("%s with %s", made.text(), values)
                    .isEqualTo(made.holds());
        }
    }

    private static Made test(SplittableRandom random, Map<String, Object> values, int depth) {
        int kind = depth == 0 ? 3 : random.nextInt(5);
        if (kind == 2) {
            Made inner = test(random, values, depth - 1);
            return new Made("not " + inner.at(2), !inner.holds(), 2);
        }
        if (kind > 2) {
            Sum a = sum(random, values, 2);
            Sum b = sum(random, values, 2);
            String[] operators = {"<", "<=", ">", ">=", "==", "!="};
            boolean[] truths = {
                a.value() < b.value(),
                a.value() <= b.value(),
                a.value() > b.value(),
                a.value() >= b.value(),
                a.value() == b.value(),
                a.value() != b.value()
            };
            int which = random.nextInt(6);
            return new Made(a.text() + " " + operators[which] + " " + b.text(), truths[which], 2);
        }
        Made a = test(random, values, depth - 1);
        Made b = test(random, values, depth - 1);
        return kind == 0
                ? new Made(a.at(0) + " or " + b.at(0), a.holds() || b.holds(), 0)
                : new Made(a.at(1) + " and " + b.at(1), a.holds() && b.holds(), 1);
    }

    /// Sums bind at 0, products at 1, the rest at 2.
    private static Sum sum(SplittableRandom random, Map<String, Object> values, int depth) {
        int kind = depth == 0 ? 5 : random.nextInt(8);
        if (kind >= 4) {
            String name = random.nextInt(2) == 0 ? "width" : "rank";
            int number = random.nextInt(6);
            return random.nextInt(2) == 0 && values.get(name) instanceof Double value
                    ? new Sum(name, value, 2)
                    : new Sum(Integer.toString(number), number, 2);
        }
        Sum a = sum(random, values, depth - 1);
        Sum b = sum(random, values, depth - 1);
        return switch (kind) {
            case 0 -> new Sum(a.at(0) + " + " + b.at(1), a.value() + b.value(), 0);
            case 1 -> new Sum(a.at(0) + " - " + b.at(1), a.value() - b.value(), 0);
            case 2 -> new Sum(a.at(1) + " * " + b.at(2), a.value() * b.value(), 1);
            default -> new Sum(a.at(1) + " / " + b.at(2), a.value() / b.value(), 1);
        };
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        ``                     | exclude: '' ends where an option, a number or a word must be
        rank                   | exclude: 'rank' must compare, as in 'rank > width'
        rank >                 | exclude: 'rank >' ends where an option, a number or a word must be
        > 2                    | exclude: '> 2' has '>' where an option, a number or a word must be
        rank > 2 and           | exclude: 'rank > 2 and' ends where an option, a number or a word must be
        rank > 2 > 1           | exclude: 'rank > 2 > 1' has '>' where 'and', 'or' or the end must be
        rank > 2 rank < 3      | exclude: 'rank > 2 rank < 3' has 'rank' where 'and', 'or' or the end must be
        (rank > 2              | exclude: '(rank > 2' lacks a ')'
        rank > 2)              | exclude: 'rank > 2)' has ')' where 'and', 'or' or the end must be
        (rank + 2 > 3          | exclude: '(rank + 2 > 3' lacks a ')'
        rank = 2               | exclude: 'rank = 2' cannot be read from '= 2' on
        rank > 1.2.3           | exclude: 'rank > 1.2.3' has '1.2.3', which is no number
        rank & 2 == 2          | exclude: 'rank & 2 == 2' cannot be read from '& 2 == 2' on
        widht > 2              | unknown option 'widht'; did you mean 'width'?
        """)
    void whatIsNoConditionIsSaid(String text, String message) {
        assertThatThrownBy(() -> Condition.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void wordsCanOnlyBeEqualOrNot() {
        assertThatThrownBy(() -> Condition.parse("method > 2").holds(VALUES))
                .hasMessage("exclude: 'method > 2' can only say whether 'bug' and '2.0' are equal");
        assertThatThrownBy(() -> Condition.parse("method + 1 > 2").holds(VALUES))
                .hasMessage("exclude: 'method + 1 > 2' can only calculate with numbers; got 'bug' and '1.0'");
    }

    /// As much of anything as may be written.
    @Test
    void longConditionsHoldAndBottomlessOnesAreRefused() {
        assertThat(Condition.parse("width == 9 or ".repeat(499) + "rank == 2").holds(VALUES))
                .isTrue();
        assertThat(Condition.parse("width == 8 and ".repeat(499) + "rank == 3").holds(VALUES))
                .isFalse();
        assertThat(Condition.parse("1 + ".repeat(998) + "1 == 999").holds(VALUES))
                .isTrue();
        assertThat(Condition.parse("(".repeat(50) + "rank == 2" + ")".repeat(50))
                        .holds(VALUES))
                .isTrue();
        for (String open : new String[] {"(", "-(", "not (", "(not "}) {
            String deep = open.repeat(51) + "rank == 2" + ")".repeat(51);
            assertThatThrownBy(() -> Condition.parse(deep)).hasMessageContaining("has more than 50 ");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"not ", "-", "(", "1 + ", "1 == 2 or "})
    void noConditionIsTooMuchForAStack(String part) {
        String text = part.repeat(200_000) + "1 == 2";
        assertThatThrownBy(() -> Condition.parse(text).holds(VALUES))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("exclude: ")
                .hasMessageContaining("has more than ");
    }
}
