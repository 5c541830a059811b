package dev.stiefel.lab.figure;

import java.util.ArrayList;
import java.util.List;

/// The table of groups of points.
final class PointTable {
    private PointTable() {}

    record Group(String label, Points points) {}

    static Table of(String key, Axis x, Axis y, List<Group> groups) {
        boolean intervals = groups.stream().anyMatch(group -> group.points.hasIntervals());
        boolean names = groups.stream().anyMatch(group -> group.points.hasNames());
        List<String> columns = new ArrayList<>(List.of(key));
        if (names) {
            columns.add("name");
        }
        columns.addAll(List.of(x.label(), y.label()));
        if (intervals) {
            columns.addAll(List.of("low", "high"));
        }
        int[] ends = new int[groups.size()];
        int rows = 0;
        for (int i = 0; i < ends.length; i++) {
            rows += groups.get(i).points.size();
            ends[i] = rows;
        }
        return new Table(columns, rows, row -> {
            int index = 0;
            while (ends[index] <= row) {
                index++;
            }
            Group group = groups.get(index);
            Points points = group.points;
            int i = row - (index == 0 ? 0 : ends[index - 1]);
            List<String> cells = new ArrayList<>(columns.size());
            cells.add(group.label);
            if (names) {
                cells.add(points.name(i).orElse(""));
            }
            cells.add(Table.cell(points.x(i)));
            cells.add(Table.cell(points.y(i)));
            if (intervals) {
                cells.add(Table.cell(points.low(i)));
                cells.add(Table.cell(points.high(i)));
            }
            return cells;
        });
    }
}
