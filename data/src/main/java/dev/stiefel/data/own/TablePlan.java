package dev.stiefel.data.own;

import java.util.ArrayList;
import java.util.List;

/// What becomes of each column of a table.
///
/// @param names the columns' names
/// @param roles what becomes of each
record TablePlan(List<String> names, List<Role> roles) {
    /// What becomes of a column.
    enum Role {
        IGNORED,
        NUMBER,
        CATEGORY,
        TARGET_NUMBER,
        TARGET_CLASS
    }

    TablePlan {
        names = List.copyOf(names);
        roles = List.copyOf(roles);
    }

    /// The columns of a role, in the order of the table.
    List<Integer> columns(Role role) {
        List<Integer> columns = new ArrayList<>();
        for (int column = 0; column < roles.size(); column++) {
            if (roles.get(column) == role) {
                columns.add(column);
            }
        }
        return columns;
    }

    /// How many columns have one of two roles.
    int count(Role one, Role other) {
        return columns(one).size() + columns(other).size();
    }
}
