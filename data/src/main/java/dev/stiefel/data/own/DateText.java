package dev.stiefel.data.own;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Dates and times of day in the usual spellings.
final class DateText {
    private static final int LONGEST = 40;
    private static final int MONTHS = 12;
    private static final int DAYS = 31;
    private static final String CLOCK = "\\d{1,2}:\\d{2}(:\\d{2}([.,]\\d+)?)?( ?[AaPp]\\.?[Mm]\\.?)?";
    private static final String ZONE = "( ?(Z|UTC|GMT|[+-]\\d{2}:?\\d{2}|[A-Z]{3,4}))?";
    private static final Pattern TIME = Pattern.compile(CLOCK + ZONE);
    private static final Pattern YEAR_FIRST =
            Pattern.compile("\\d{4}([-/.])(\\d{1,2})(\\1(\\d{1,2}))?([T ]+" + CLOCK + ZONE + ")?");
    private static final Pattern YEAR_LAST =
            Pattern.compile("(\\d{1,2})([-/.])(\\d{1,2})\\2(\\d{2}|\\d{4})([T ,]+" + CLOCK + ZONE + ")?");
    private static final Pattern MONTH_AND_YEAR = Pattern.compile("(\\d{1,2})/\\d{4}");
    private static final Pattern WITH_A_WORD = Pattern.compile(
            "([A-Za-z]{3,9},? )?(\\d{1,2}(st|nd|rd|th)?[ .-]+)?([A-Za-z]{3,9})\\.?([ -]\\d{1,2}(st|nd|rd|th)?,?)?["
                    + " ,-]+\\d{2,4}([T ,]+"
                    + CLOCK + ZONE + ")?");
    private static final Set<String> MONTH_WORDS =
            Set.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");

    private DateText() {}

    static boolean isDate(String text) {
        if (text.length() < 4 || text.length() > LONGEST || !hasDigit(text)) {
            return false;
        }
        if (TIME.matcher(text).matches()) {
            return true;
        }
        Matcher yearFirst = YEAR_FIRST.matcher(text);
        if (yearFirst.matches()) {
            String day = yearFirst.group(4);
            return isWithin(yearFirst.group(2), MONTHS) && (day == null || isWithin(day, DAYS));
        }
        Matcher yearLast = YEAR_LAST.matcher(text);
        if (yearLast.matches()) {
            String first = yearLast.group(1);
            String second = yearLast.group(3);
            return isWithin(first, DAYS)
                    && isWithin(second, DAYS)
                    && (isWithin(first, MONTHS) || isWithin(second, MONTHS));
        }
        Matcher month = MONTH_AND_YEAR.matcher(text);
        if (month.matches()) {
            return isWithin(month.group(1), MONTHS);
        }
        Matcher word = WITH_A_WORD.matcher(text);
        return word.matches()
                && MONTH_WORDS.contains(word.group(4).substring(0, 3).toLowerCase(Locale.ROOT));
    }

    private static boolean hasDigit(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (NumberReader.isDigit(text.charAt(i))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isWithin(String digits, int most) {
        int value = Integer.parseInt(digits);
        return value >= 1 && value <= most;
    }
}
