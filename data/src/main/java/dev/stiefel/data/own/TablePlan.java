package dev.stiefel.data.own;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Use of each column of a table.
///
/// @param names the columns' names
/// @param columns use of each column
/// @param missing words that stand for a missing value
record TablePlan(List<String> names, List<ColumnPlan> columns, MissingWords missing) {
    /// Role of a column.
    enum Role {
        IGNORED,
        NUMBER,
        CATEGORY,
        TARGET_NUMBER,
        TARGET_CLASS
    }

    /// Use of one column.
    ///
    /// @param role role of the column
    /// @param notation of its numbers, where it has any
    /// @param origin origin that is subtracted from its numbers
    record ColumnPlan(Role role, NumberNotation notation, double origin) {
        /// Makes a plan for plain numbers, or for no numbers.
        ColumnPlan(Role role) {
            this(role, NumberNotation.PLAIN, 0);
        }

        NumberReader reader() {
            return new NumberReader(notation, origin);
        }
    }

    TablePlan {
        names = List.copyOf(names);
        columns = List.copyOf(columns);
    }

    Role role(int column) {
        return columns.get(column).role();
    }

    /// The columns of a role, in the order of the table.
    List<Integer> columns(Role role) {
        List<Integer> found = new ArrayList<>();
        for (int column = 0; column < columns.size(); column++) {
            if (role(column) == role) {
                found.add(column);
            }
        }
        return found;
    }

    /// The names of the columns that have one of some roles, in the order of the table.
    List<String> namesOf(Role... roles) {
        List<Role> wanted = List.of(roles);
        return IntStream.range(0, names.size())
                .filter(column -> wanted.contains(role(column)))
                .mapToObj(names::get)
                .toList();
    }

    /// The number of columns with one of some roles.
    int count(Role... roles) {
        return Arrays.stream(roles).mapToInt(role -> columns(role).size()).sum();
    }
}
